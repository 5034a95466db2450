import pyarrow as pa
import pyarrow.parquet as pq

from tests.ingest.sources.table_files import items, table, texts


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
