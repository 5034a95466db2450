import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.runtime.spreadsheet import cell, csv_text


@pytest.mark.parametrize(
    "text",
    [
        *(
            '=HYPERLINK("http://x","y")',
            "+1+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "  =1",
            "\x00=1",
            "\tx",
        ),
        *("\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\u00a0=1", "\x00=1"),
    ],
)
def test_what_a_spreadsheet_would_run_is_quoted(text):
    assert cell(text).startswith("'")
    assert cell(text).endswith(text.replace("\x00", "").replace("\r", "\n"))


@pytest.mark.parametrize("value", ["plain", "a=b", "1-2", "", " ", "'=1", "e-mail@x", "ünï", -1.5, 3, None, True])
def test_other_values_stay_as_they_are(value):
    assert cell(value) == value


@given(st.lists(st.text(max_size=10), min_size=1, max_size=5))
def test_no_cell_of_a_file_begins_a_formula(texts):
    written = csv_text(["a", "n"], [{"a": text, "n": -1.0} for text in texts])
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert rows[0] == ["a", "n"]
    assert all(row[0].lstrip()[:1] not in set("=+-@") and row[1] == "-1.0" for row in rows[1:])
