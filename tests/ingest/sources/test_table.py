import csv
import io
import json
import pickle
import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragline.errors import ConfigError, SourceError
from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.source import Listing
from ragline.ingest.sources.table import TableOptions, TableSource

BEIR_FIELDS = {"id": "_id", "title": "title", "text": "text"}


def table(file: Path | str, fields: dict[str, str] | None = None, **options: object) -> TableSource:
    made = TableSource("t", TableOptions(uri=str(file), fields=fields or {}, **options), Path("/"))
    return pickle.loads(pickle.dumps(made))


def items(file: Path | str, fields: dict[str, str] | None = None, **options: object) -> list[Item]:
    return list(table(file, fields, **options).items(Listing()))


def texts(file: Path | str, fields: dict[str, str] | None = None, **options: object) -> dict[str, bytes]:
    """Every record's text, read through open_all by another process's copy of the source."""
    found = items(file, fields, **options)
    return {item.source_id: opener().read() for item, opener in table(file, fields, **options).open_all(found)}


def refused(file: Path | str, item: Item, **options: object) -> ItemRefused:
    with pytest.raises(ItemRefused) as caught:
        table(file, **options).open(item)
    return caught.value


def test_a_beir_corpus_is_read_as_it_is(tmp_path):
    file = tmp_path / "corpus.jsonl"
    file.write_text('{"_id": "7", "title": "Statins", "text": "They lower LDL.", "metadata": {}}\n\n')
    (item,) = items(file, BEIR_FIELDS)
    assert (item.source_id, item.title, item.uri) == ("7", "Statins", f"file://{file}#_id=7")
    assert texts(file, BEIR_FIELDS) == {"7": b"They lower LDL."}


def test_other_fields_become_metadata_and_a_number_may_be_an_id(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text(json.dumps({"nr": 12, "body": "x", "when": 2024, "who": ["a"]}))
    (item,) = items(file, {"id": "nr", "text": "body", "year": "when", "authors": "who", "absent": "nothing"})
    assert item.source_id == "12"
    assert dict(item.metadata) == {"year": 2024, "authors": ["a"]}


ACCESS = {"title": "t", "uri": "link", "tenant": "org", "access_labels": "who"}


def test_columns_give_tenant_labels_title_and_uri_and_win_over_rules(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text(
        '{"id": 1, "text": "x", "t": "T", "link": "https://wiki/1", "org": "acme", "who": ["hr", "legal"]}\n'
        '{"id": 2, "text": "x", "who": "hr; legal"}\n'
        '{"id": 3, "text": "x", "who": null, "org": null}\n'
    )
    one, two, three = items(file, ACCESS, rules=[{"match": "*", "access_labels": ["staff"], "tenant": "base"}])
    assert (one.title, one.uri, one.tenant, one.access_labels) == ("T", "https://wiki/1", "acme", ("hr", "legal"))
    assert (two.tenant, two.access_labels) == ("base", ("hr", "legal"))
    assert (three.tenant, three.access_labels) == ("base", ("staff",))


@pytest.mark.parametrize("labels", ["7", "{}", '["a", 1]', "true"])
def test_labels_that_are_none_are_not_taken_for_public(tmp_path, labels):
    file = tmp_path / "t.jsonl"
    file.write_text(f'{{"id": 1, "text": "x", "who": {labels}}}')
    (item,) = items(file, ACCESS)
    assert item.refusal.reason == "bad_record"
    assert "access labels" in item.refusal.message


@pytest.mark.parametrize(
    ("line", "reason", "message"),
    [
        (b"{not json", "bad_record", "Line 2: not JSON"),
        (b"[1, 2]", "bad_record", "not a JSON object but list"),
        (b'{"text": "no id"}', "bad_record", "the field 'id'"),
        (b'{"id": true, "text": "x"}', "bad_record", "the field 'id'"),
        (b'{"id": "a", "text": null}', "bad_record", "the field 'text' must be text"),
        (b'{"id": "a", "text": "caf\xe9"}', "invalid_encoding", "not UTF-8 at byte 24"),
        (b"[" * 100_000, "bad_record", "not JSON"),
        (b'{"id": "a", "text": "' + b"x" * 300_000 + b'"}', "too_large", "Line 2: a record of more than 200,000 bytes"),
        (b'{"id": "a", "text": "' + b"x" * 3_000_000 + b'"}', "too_large", "Line 2: a record of more than 200,000 bytes"),
    ],
)
def test_a_bad_line_is_an_item_that_is_refused(tmp_path, line, reason, message):
    file = tmp_path / "t.jsonl"
    file.write_bytes(b'{"id": "ok", "text": "fine"}\n' + line + b'\n{"id": "last", "text": "fine"}')
    good, bad, last = items(file, max_bytes=200_000)
    assert (good.source_id, last.source_id) == ("ok", "last")
    assert table(file).open(last).read() == b"fine"
    assert bad.refusal.reason == reason
    assert message in bad.refusal.message


def test_a_bad_line_keeps_its_name_when_lines_move(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text("oops\n")
    (before,) = items(file)
    file.write_text('{"id": "a", "text": "x"}\noops\n')
    assert items(file)[1].source_id == before.source_id


def test_lone_surrogates_are_replaced(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text('{"id": "a", "text": "bad \\ud800 pair \\ud83d\\ude00"}')
    assert texts(file) == {"a": "bad \ufffd pair \U0001f600".encode()}


@pytest.mark.parametrize("name", ["t.jsonl", "t.csv", "t.parquet"])
def test_a_table_that_changes_after_it_was_listed_gives_no_wrong_text(tmp_path, name):
    file = tmp_path / name

    def write(*rows: tuple[str, str]) -> None:
        if name.endswith(".parquet"):
            pq.write_table(pa.table({"id": [row[0] for row in rows], "text": [row[1] for row in rows]}), file)
        elif name.endswith(".csv"):
            file.write_text("id,text\n" + "".join(f"{key},{text}\n" for key, text in rows))
        else:
            file.write_text("".join(json.dumps({"id": key, "text": text}) + "\n" for key, text in rows))

    write(("a", "one"), ("b", "two"))
    first, second = items(file)
    write(("c", "xxx"), ("b", "two"))
    assert refused(file, first).reason == "changed_while_read"
    assert table(file).open(second).read() == b"two"
    write(("c", "xxx"))
    assert refused(file, second).reason == "changed_while_read"


def test_the_marker_of_a_record_changes_with_it_alone(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("id,text\na,one\nb,two\n")
    before = {item.source_id: item.change_marker for item in items(file)}
    file.write_text("id,text\nc,new\na,one\nb,2\n")
    after = {item.source_id: item.change_marker for item in items(file)}
    assert after["a"] == before["a"]
    assert after["b"] != before["b"]


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


def test_parquet_reads_the_mapped_columns_and_a_row_group_once(tmp_path, monkeypatch):
    file = tmp_path / "t.parquet"
    columns = {"id": list(range(10)), "text": [f"text {n}" for n in range(10)], "who": [["hr"]] * 10, "vector": [[0.5]] * 10}
    pq.write_table(pa.table(columns), file, row_group_size=4)
    found = items(file, {"access_labels": "who", "labels": "who"})
    assert [item.locator for item in found] == ["0:0", "0:1", "0:2", "0:3", "1:0", "1:1", "1:2", "1:3", "2:0", "2:1"]
    assert found[9].access_labels == ("hr",)
    reads = []
    iter_batches = pq.ParquetFile.iter_batches

    def counted(self, *args, **kwargs):
        reads.append((kwargs["row_groups"], kwargs["columns"]))
        return iter_batches(self, *args, **kwargs)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", counted)
    wanted = [found[5], found[3], found[1], found[9]]
    source = table(file, {"access_labels": "who"})
    read = {item.source_id: opener().read() for item, opener in source.open_all(sorted(wanted, key=lambda item: item.locator))}
    assert read == {"1": b"text 1", "3": b"text 3", "5": b"text 5", "9": b"text 9"}
    assert reads == [([0], ["id", "text", "who"]), ([1], ["id", "text", "who"]), ([2], ["id", "text", "who"])]


def test_a_column_of_bytes_holds_documents(tmp_path):
    file = tmp_path / "t.parquet"
    pq.write_table(pa.table({"id": ["a"], "text": [b"%PDF-1.7 \xff"]}), file)
    assert texts(file, media_type="application/pdf") == {"a": b"%PDF-1.7 \xff"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "it has no header row"),
        ("t.csv", b"key,body\n1,x\n", "it has no column 'id'; its header is: key, body"),
        ("t.parquet", b"not parquet at all", "cannot read .*t.parquet"),
    ],
)
def test_a_file_that_is_no_such_table_stops_the_listing(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=message):
        items(tmp_path / name)


def test_the_format_must_be_known(tmp_path):
    with pytest.raises(ValueError, match="does not tell the format: set format to jsonl, csv, tsv or parquet"):
        table(tmp_path / "records.dat")
    (tmp_path / "records.dat").write_text('{"id": 1, "text": "x"}')
    assert texts(tmp_path / "records.dat", format="jsonl") == {"1": b"x"}


@pytest.mark.parametrize("name", ["t.jsonl", "t.csv", "t.parquet"])
def test_a_table_on_s3(s3, name, tmp_path):
    import fsspec

    content = {"t.jsonl": b'{"id": 1, "text": "x"}\n{"id": 2, "text": "y"}', "t.csv": b"id,text\n1,x\n2,y\n"}
    pq.write_table(pa.table({"id": [1, 2], "text": ["x", "y"]}), tmp_path / "t.parquet")
    filesystem = fsspec.filesystem("s3", use_listings_cache=False)
    bucket = f"b{uuid.uuid4().hex}"
    filesystem.mkdir(bucket)
    filesystem.pipe(f"{bucket}/{name}", content.get(name) or (tmp_path / "t.parquet").read_bytes())
    uri = f"s3://{bucket}/{name}"
    table(uri).check()
    assert texts(uri) == {"1": b"x", "2": b"y"}
    assert items(uri)[0].uri == f"{uri}#id=1"
    with pytest.raises(ConfigError, match="there is no file s3://.*/other.csv"):
        table(f"s3://{bucket}/other.csv").check()


@pytest.mark.shared_data
def test_the_real_beir_corpus_has_a_thousand_records(shared_data):
    found = texts(shared_data / "beir_pubmedqa" / "corpus.jsonl", BEIR_FIELDS)
    assert len(found) == 1000
    assert all(text.strip() for text in found.values())


@pytest.mark.shared_data
def test_hostile_json_is_refused_line_by_line_and_never_raises(shared_data, tmp_path):
    files = sorted((shared_data / "hostile_text" / "json").glob("*.json"))
    lines = [file.read_bytes().replace(b"\n", b" ").replace(b"\r", b" ") for file in files]
    file = tmp_path / "t.jsonl"
    file.write_bytes(b"\n".join(lines))
    assert all(item.refusal for item in items(file))
