import json
import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ragline.errors import ConfigError, SourceError
from ragline.ingest.item import Item, ItemRefused
from tests.ingest.sources.table_files import items, table, texts

BEIR_FIELDS = {"id": "_id", "title": "title", "text": "text"}


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
