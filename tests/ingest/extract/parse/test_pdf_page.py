from ragline.ingest.extract.parse.pdf_page import Line, markdown_of


def line(text: str, bottom: float, size: float = 10) -> Line:
    return Line(text, (100, bottom, 200, bottom + size), size)


def test_large_lines_are_headings_and_gaps_begin_paragraphs():
    lines = [line("Plan", 700, 16), line("One word.", 680), line("Next.", 668), line("• a point", 600)]
    assert markdown_of(lines, [], body=10) == "\n# Plan\n\n\nOne word.\nNext.\n\n- a point"


def test_a_word_that_is_broken_over_two_lines_is_one():
    assert markdown_of([line("One word is bro\ufffe", 680), line("ken here.", 668)], [], body=10) == "One word is broken here."


def test_a_table_stands_where_the_first_of_its_words_stood():
    lines = [line("before", 700), line("x", 560), line("y", 548), line("after", 500)]
    table = ((90, 540, 210, 580), "| x |\n| --- |\n| y |")
    assert markdown_of(lines, [table], body=10) == "before\n\n| x |\n| --- |\n| y |\n\nafter"
