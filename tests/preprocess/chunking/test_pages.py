from ragline.preprocess.chunking.pages import page_at, page_starts


def test_an_offset_is_on_the_page_that_began_last_before_it():
    starts = page_starts('{"author": "a", "page_starts": [0, 10, 10, 25]}')
    assert [page_at(starts, offset) for offset in (0, 9, 10, 24, 25, 99)] == [1, 1, 3, 3, 4, 4]


def test_a_document_without_pages_has_no_page():
    assert page_starts(None) == page_starts("{}") == page_starts('{"pages": 3}') == []
    assert page_at([], 5) is None
