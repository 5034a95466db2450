"""Have executors read documents from the files of the lake, given where they stand, and work on them.

Texts never become rows of Spark: a place is a file's name and two numbers, and what comes out is small.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.accumulators import Accumulator
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ragline.contracts.tables import DOCUMENTS
from ragline.lake.files import open_filesystem
from ragline.preprocess.document_work import Document, DocumentWork
from ragline.spark.small_frames import checkpointed, map_batches
from ragline.spark.task_progress import counted_progress

_ROWS_PER_READ = 64
_CHARACTERS_PER_BATCH = 4 * 2**20
# So many tasks' documents (64 each) take this process about as long as it takes workers to start and do them.
_TASKS_IN_DRIVER = 8


@dataclass(frozen=True)
class ReadDocuments:
    """Places of documents in, what the work makes of the documents out."""

    table_uri: str
    work: DocumentWork
    finished: "Accumulator[int]"

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Runs in executors."""
        read = 0

        def documents() -> Iterator[list[Document]]:
            nonlocal read
            for batch in self._documents(batches):
                read += len(batch)
                yield batch

        yield from self.work(documents())
        self.finished.add(read)

    def _documents(self, batches: Iterator[pa.RecordBatch]) -> Iterator[list[Document]]:
        filesystem, folder = open_filesystem(self.table_uri)
        for batch in batches:
            for place in batch.to_pylist():
                with filesystem.open_input_file(f"{folder}/{place['file']}") as stream:
                    yield from _read(pq.ParquetFile(stream), place["row_group"], place["positions"], self.work.columns)


@dataclass(frozen=True)
class Reading:
    """How documents are read: from which table, in how many tasks, and the title and total of the progress shown."""

    table_uri: str
    tasks: int
    title: str
    total: int | None = None


def read_documents(places: DataFrame, work: DocumentWork, reading: Reading) -> DataFrame:
    """Do the work, now and once, on the documents at ``places`` (file, row_group, position)."""
    groups = places.groupBy("file", "row_group").agg(F.sort_array(F.collect_list("position")).alias("positions"))
    # The number of partitions is given: adaptive execution would see that the places are small, not that the texts are large.
    spread = groups.repartition(reading.tasks, "file", "row_group")
    with counted_progress(places.sparkSession, reading.title, reading.total) as finished:
        read = ReadDocuments(reading.table_uri, work, finished)
        return checkpointed(map_batches(spread, read, work.schema, parallel=reading.tasks > _TASKS_IN_DRIVER))


def _read(file: pq.ParquetFile, group: int, positions: Sequence[int], columns: Sequence[str]) -> Iterator[list[Document]]:
    """The rows at ascending positions of a row group, in batches that are the smaller the longer the texts are."""
    start, waiting, characters = 0, [], 0
    ahead = iter(positions)
    wanted = next(ahead, None)
    names = [name for name in columns if name in DOCUMENTS.schema.names]
    for batch in file.iter_batches(_ROWS_PER_READ, row_groups=[group], columns=names):
        here = []
        while wanted is not None and wanted < start + batch.num_rows:
            here.append(wanted - start)
            wanted = next(ahead, None)
        start += batch.num_rows
        for row in batch.take(pa.array(here, pa.int64())).to_pylist() if here else ():
            waiting.append(row)
            characters += len(row.get("text") or "")
            if characters >= _CHARACTERS_PER_BATCH:
                yield waiting
                waiting, characters = [], 0
    if waiting:
        yield waiting
