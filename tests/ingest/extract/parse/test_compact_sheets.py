import pytest

from tests.ingest.extract.archives import workbook
from tests.ingest.extract.extracted import text_of


@pytest.mark.parametrize("far", [5000, 300_000, 1_048_576])
def test_a_cell_far_out_on_a_sheet_neither_hides_the_others_nor_fills_the_text(far):
    text = text_of(workbook({1: "name", 2: "lamp", far: "stray"}), "a.xlsx")
    assert [line for line in text.splitlines() if line.strip("| -")] == ["## Prices", "| name |", "| lamp |", "| stray |"]
