from ragline.ingest.sources.website.urls import normalise, path_of


def test_spellings_of_a_url():
    assert normalise("HTTP://User:pw@Example.ORG:80/a/../b?x=1#y") == "http://example.org/b?x=1"
    assert normalise("c", "https://h/a/b") == "https://h/a/c"
    assert [normalise(url, "https://h/") for url in ("javascript:x()", "ftp://h/x", "http://", "http://[bad")] == [None] * 4
    assert (path_of("https://h/"), path_of("https://h/a/"), path_of("https://h/a/b?c=d")) == (
        "index.html",
        "a/index.html",
        "a/b?c=d",
    )
