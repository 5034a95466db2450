from ragline.ingest.extract.parse.pages import joined_pages


def test_a_page_without_words_starts_where_the_words_before_it_end():
    text, starts = joined_pages(["One.", " ", "Three."])
    assert (text, starts) == ("One.\n\nThree.\n", (0, 5, 6))
    assert text[starts[2] :] == "Three.\n"


def test_the_first_page_starts_at_the_beginning_whatever_it_holds():
    assert joined_pages(["", "Two."]) == ("Two.\n", (0, 0))
    assert joined_pages([]) == ("", ())
