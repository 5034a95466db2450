import pytest

from ragline.errors import SourceError
from tests.ingest.sources.website.reader import Reader


def test_robots_txt_is_honoured(small, tmp_path):
    small.write("/robots.txt", "User-agent: *\nDisallow: /\n\nUser-agent: ragline\nDisallow: /docs/b\n", media_type="text/plain")
    assert list(Reader(tmp_path, url=f"{small.url}/docs/").list()) == ["docs/", "docs/a.html", "docs/deep/c.pdf"]
    assert "/docs/b.html" not in [path for path, _ in small.asked]
    small.answer("/robots.txt", 500)
    with pytest.raises(SourceError, match="robots.txt cannot be"):
        Reader(tmp_path, url=f"{small.url}/docs/").list()
    small.write("/robots.txt", "User-agent: *\nDisallow: /\n", media_type="text/plain")
    with pytest.raises(SourceError, match="robots.txt does not allow"):
        Reader(tmp_path, url=f"{small.url}/docs/").list()
