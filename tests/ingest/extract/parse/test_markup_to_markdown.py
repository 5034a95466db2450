from tests.ingest.extract.parse.parsed import text_of


def test_spanning_cells_keep_their_columns():
    html = (
        "<table><tr><th>Year</th><th>Month</th><th>Cost</th></tr><tr><td rowspan=2>2025</td><td>May</td><td>1</td></tr>"
        "<tr><td>June</td><td>2</td></tr><tr><td colspan=2>Sum</td><td><h3>3</h3></td></tr></table>"
    )
    assert text_of(html, "text/html") == (
        "| Year | Month | Cost |\n| --- | --- | --- |\n| 2025 | May | 1 |\n|  | June | 2 |\n| Sum |  | 3 |\n"
    )


def test_a_table_that_lays_out_a_page_is_read_cell_by_cell():
    html = "<table><tr><td><p>Left</p></td><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>"
    assert text_of(html, "text/html") == "Left\n\n| a | b |\n| --- | --- |\n"


def test_a_grid_of_facts_with_a_small_table_in_it_stays_a_grid():
    html = (
        "<table><tr><th>Lamp</th><th>Sizes</th></tr>"
        "<tr><td>Lum</td><td><table><tr><td>S</td><td>M</td></tr></table></td></tr></table>"
    )
    assert text_of(html, "text/html") == "| Lamp | Sizes |\n| --- | --- |\n| Lum | S M |\n"


def test_a_column_of_short_entries_is_a_table_and_one_of_paragraphs_or_lists_is_text():
    assert text_of("<table><tr><th>Town</th></tr><tr><td>Ulm</td></tr></table>", "text/html") == "| Town |\n| --- |\n| Ulm |\n"
    html = "<table><tr><td><ul><li>a</li><li>b</li></ul></td></tr><tr><td><p>Words.</p></td></tr></table>"
    assert text_of(html, "text/html") == "- a\n- b\n\nWords.\n"


def test_columns_without_words_are_left_out():
    html = "<table><tr><td colspan=1000>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
    assert text_of(html, "text/html") == "| a | b |\n| --- | --- |\n| c |  |\n"
