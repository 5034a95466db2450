"""Take chunks out of files that this run wrote and has not committed yet.

Chunks are written while documents are cut, before it is known which of them are copies of others.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.transaction import AddAction
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ragline.contracts.tables import CHUNKS
from ragline.lake.file_rows import FILE, file_action, file_row
from ragline.lake.files import open_filesystem
from ragline.lake.part_files import PartFile
from ragline.spark.small_frames import map_batches

_ROWS_PER_READ = 4096
_REPLACED = pa.schema([("replaced", pa.string()), *FILE])


@dataclass(frozen=True)
class RewriteFiles:
    """Files and the chunks to leave out of each; out come the files that take their places (none if nothing is left)."""

    chunks_uri: str
    chunks_version: int

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Runs in executors."""
        filesystem, folder = open_filesystem(self.chunks_uri)
        for batch in batches:
            for row in batch.to_pylist():
                source = f"{folder}/{row['path']}"
                action = self._without(filesystem.open_input_file(source), pa.array(row["chunk_ids"], pa.string()))
                # No version names the old file, so that nobody can be reading it.
                filesystem.delete_file(source)
                replacement = {"replaced": row["path"], **(file_row(action) if action else {})}
                yield pa.RecordBatch.from_pylist([replacement], schema=_REPLACED)

    def _without(self, stream: pa.NativeFile, chunk_ids: pa.Array) -> AddAction | None:
        target = PartFile(CHUNKS, self.chunks_uri, self.chunks_version)
        with stream, pq.ParquetFile(stream) as file:
            for batch in file.iter_batches(_ROWS_PER_READ):
                rows = pa.Table.from_batches([batch]).drop_columns(["seq"])
                target.add_table(rows.filter(pc.invert(pc.is_in(rows["chunk_id"], chunk_ids))))
        return target.close()


def remove_chunks(dropped: DataFrame, chunks_uri: str, chunks_version: int) -> dict[str, AddAction | None]:
    """``path, chunk_id`` of chunks to take out → by path of each file that had some, what to commit in its place."""
    files = dropped.groupBy("path").agg(F.collect_list("chunk_id").alias("chunk_ids"))
    rewritten = map_batches(files, RewriteFiles(chunks_uri, chunks_version), _REPLACED).toArrow().to_pylist()
    return {row["replaced"]: file_action(row) if row["path"] else None for row in rewritten}
