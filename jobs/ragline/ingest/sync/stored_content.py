"""Hash the documents of a source as they are stored, text and all: what a full refresh compares with, instead of noted hashes."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS
from ragline.ingest.sync.rows import row_hash
from ragline.lake.stored_files import newest_rows
from ragline.lake.stored_rows import Range, ReadFiles, stored_count
from ragline.runtime.run import Run
from ragline.spark.placement import Amount, place
from ragline.spark.schemas import ddl

HASHED = pa.schema([("doc_id", pa.string()), ("seq", pa.int64()), ("row_hash", pa.string())])
_COLUMNS = tuple(name for name in DOCUMENTS.schema.names if name not in ("seq", "deleted"))
# A core hashes some ten thousand documents in a second.
_LEAST_FOR_SPARK = 200_000

Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True)
class HashDocuments:
    """Names of files of ``documents`` in, the hashes of a source's rows out (``HASHED``); null for a deletion."""

    read: ReadFiles
    source: str

    def __call__(self, batches: Batches) -> Batches:
        """Runs in this process or in executors."""
        for batch in self.read(batches):
            rows = batch.filter(pc.equal(batch["source"], self.source)).to_pylist()
            hashed = [{**row, "row_hash": None if row["deleted"] else row_hash(_made(row))} for row in rows]
            yield pa.RecordBatch.from_pylist(hashed, schema=HASHED)


def stored_hashes(run: Run, source: str, version: int | None) -> pa.Table:
    """``doc_id`` and ``row_hash`` of every document of a source at a version of ``documents``, computed from its row.

    No text passes through the driver of a cluster.
    """
    files = run.lake.files(DOCUMENTS, version)
    work = HashDocuments(ReadFiles(DOCUMENTS, run.lake.table_uri(DOCUMENTS), _COLUMNS, Range()), source)
    names = pa.table({"file": pa.array([file.path for file in files], pa.string())})
    what = f"comparing {source}"
    amount = Amount("documents", stored_count(run.lake, DOCUMENTS, version, Range()), _LEAST_FOR_SPARK)
    if files and place(run, what, [amount], cluster_always=True).in_spark:
        from ragline.ingest.sync.run_tasks import start_spark

        spark = start_spark(what, run.settings.spark)
        rows = spark.createDataFrame(names).repartition(len(files)).mapInArrow(work, ddl(HASHED)).toArrow().cast(HASHED)
    else:
        rows = pa.Table.from_batches(work(iter(names.to_batches())), HASHED)
    newest = rows.filter(newest_rows(rows["doc_id"], rows["seq"]))
    return newest.filter(pc.is_valid(newest["row_hash"]))


def _made(row: dict[str, object]) -> dict[str, object]:
    """The row as ``document_row`` made it: without the places that reading adds."""
    return {name: row[name] for name in (*_COLUMNS, "deleted")}
