import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.sources.table_files import items, table, texts


def test_quoted_newlines_delimiters_and_quotes_of_csv(tmp_path):
    file = tmp_path / "t.csv"
    file.write_bytes(b'\xef\xbb\xbf"id";"text"\r\n1;"two\r\nlines; and a ""quote"""\r\n\r\n2;plain\r\n')
    assert texts(file, delimiter=";") == {"1": b'two\r\nlines; and a "quote"', "2": b"plain"}
    tabs = tmp_path / "t.tsv"
    tabs.write_text("id\ttext\n1\ta,b\n")
    assert texts(tabs) == {"1": b"a,b"}


def test_a_long_field_of_csv(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("id,text\n1," + "x" * 500_000 + "\n")
    assert len(texts(file)["1"]) == 500_000


@pytest.mark.parametrize(
    ("row", "reason", "message"),
    [
        (b"2,x,surplus", "bad_record", "Record 3: 3 fields where the header has 2"),
        (b"2", "bad_record", "1 fields where the header has 2"),
        (b",x", "bad_record", "the field 'id'"),
        (b'2,"x"y', "bad_record", "not a row"),
        (b"2,caf\xe9", "invalid_encoding", "not UTF-8"),
    ],
)
def test_a_bad_row_of_csv_is_an_item_that_is_refused(tmp_path, row, reason, message):
    file = tmp_path / "t.csv"
    file.write_bytes(b"id,text\n1,good\n" + row + b"\n3,good too\n")
    first, bad, last = items(file)
    assert (first.source_id, last.source_id) == ("1", "3")
    assert table(file).open(last).read() == b"good too"
    assert bad.refusal.reason == reason
    assert message in bad.refusal.message


def test_a_quote_that_is_left_open_does_not_take_the_file_for_one_record(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text('id,text\n1,good\n2,"open\n' + "3,more\n" * 10_000)
    found = items(file, max_bytes=1000)
    assert found[0].source_id == "1"
    assert found[1].refusal.reason == "too_large"
    file.write_text('id,text\n1,good\n2,"open\n')
    assert items(file)[1].refusal.reason == "bad_record"


FIELD = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(FIELD, FIELD), max_size=8), newline=st.sampled_from(["\n", "\r\n"]), quote=st.booleans())
def test_offsets_find_what_the_csv_module_reads(tmp_path, rows, newline, quote):
    quote |= any("\r" in field for row in rows for field in row)  # the writer leaves a bare one unquoted
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=newline, quoting=csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL)
    writer.writerows([("id", "text", "note"), *((f"k{number}", *row) for number, row in enumerate(rows))])
    file = tmp_path / "t.csv"
    file.write_bytes(out.getvalue().encode())
    assert texts(file) == {f"k{number}": text.encode() for number, (text, _) in enumerate(rows)}
