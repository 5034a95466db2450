import pytest

from ragline.ingest.sources.website.options import WebsiteOptions


def test_options_that_make_no_sense():
    for options in ({}, {"url": "https://h/", "sitemap": "https://h/s.xml"}, {"url": "file:///etc/passwd"}, {"url": "h/x"}):
        with pytest.raises(ValueError, match="either url|full http"):
            WebsiteOptions(**options)
