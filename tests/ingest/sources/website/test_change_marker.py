from tests.ingest.sources.website.reader import Reader, page


def test_what_did_not_change_is_not_sent_again(small, tmp_path):
    reader = Reader(tmp_path, url=f"{small.url}/docs/")
    before = reader.list()
    small.asked.clear()
    small.write("/docs/b.html", page("./", "new.html"))
    small.write("/docs/new.html", page())
    after = reader.list()
    assert list(after) == ["docs/", "docs/a.html", "docs/b.html", "docs/deep/c.pdf", "docs/new.html"]
    assert reader.spooled == [page("./", "new.html").encode(), page().encode()]
    assert [status for path, status in small.asked if path in ("/docs/a.html", "/docs/deep/c.pdf")] == [304, 304]
    assert after["docs/a.html"].change_marker == before["docs/a.html"].change_marker
    assert after["docs/a.html"].media_type == before["docs/a.html"].media_type
    assert reader.source.open(after["docs/a.html"]).read() == small.pages["/docs/a.html"].content


def test_last_modified_will_do_and_a_hash_where_there_is_neither(site, tmp_path):
    site.write("/", page("b", "c"), etag=False)
    site.write("/b", "b", etag=False)
    site.pages["/b"].headers["Last-Modified"] = "Sat, 21 Nov 2026 10:00:00 GMT"
    site.write("/c", "c", etag=False)
    reader = Reader(tmp_path, url=site.url)
    before = reader.list()
    site.asked.clear()
    after = reader.list()
    assert ("/b", 304) in site.asked
    assert reader.spooled == []
    assert {name: item.change_marker for name, item in after.items()} == {n: i.change_marker for n, i in before.items()}
