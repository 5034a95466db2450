from ragline.ingest.sources.website.links import links_of


def test_each_place_once_in_the_order_of_the_page_and_against_its_base():
    page = '<base href="/b/"><a href="two">2</a><map><area href="/one#x"></map><a href="two#y">2</a><a href="mailto:a@b.c">m</a>'
    assert links_of(page.encode(), "https://h/a/") == ["https://h/b/two", "https://h/one"]


def test_what_is_no_page_has_no_links():
    assert links_of(b"", "https://h/") == links_of(b"\x00", "https://h/") == []
