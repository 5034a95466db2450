import pytest

from tests.ingest.sources.website.reader import page
from tests.ingest.sources.website.site import Site


@pytest.fixture
def small(site: Site) -> Site:
    """Four pages: the first leads to a and b, a leads to deep/c, c back to the first."""
    site.write("/docs/", page("a.html", "b.html#part", "/elsewhere.html", "https://example.org/", "mailto:x@y.z"))
    site.write("/docs/a.html", page("deep/c.pdf", "b.html", "../docs/b.html"))
    site.write("/docs/b.html", page("./", "a.html"))
    site.write("/docs/deep/c.pdf", b"%PDF-", media_type="application/pdf")
    site.write("/elsewhere.html", page())
    return site
