"""Where in the documents table the rows that count are, and how executors read them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ragline.contracts.tables import DOCUMENTS
from ragline.runtime.files import open_filesystem
from ragline.runtime.lake import Lake, newest_rows

LOCATIONS = pa.schema([("doc_id", pa.string()), ("seq", pa.int64()), ("deleted", pa.bool_()), ("file", pa.string())])

_MOST_PER_SLICE, _LEAST_PER_SLICE = 4000, 64
_ROWS_PER_BATCH = 128


@dataclass(frozen=True)
class Slice:
    """Documents of one file: what one Spark task reads. ``seqs[i]`` says which row of ``doc_ids[i]`` counts."""

    file: str
    doc_ids: list[str]
    seqs: list[int]


def locate(lake: Lake, version: int, since: int | None = None, doc_ids: pa.Array | None = None) -> pa.Table:
    """The documents that count at a version, deleted ones included, each with the file that holds its row.

    ``since`` keeps those written after that version and opens no older file; ``doc_ids`` keeps these. Reads three
    narrow columns, no text.
    """
    condition = pc.field("seq") > (-1 if since is None else since)
    if doc_ids is not None:
        condition = condition & pc.field("doc_id").isin(doc_ids)
    parts = [LOCATIONS.empty_table()]
    for fragment in lake.dataset(DOCUMENTS, version).get_fragments(filter=pc.field("seq") > (-1 if since is None else since)):
        rows = fragment.to_table(columns=["doc_id", "seq", "deleted"], filter=condition)
        parts.append(rows.append_column("file", pa.array([fragment.path] * rows.num_rows, pa.string())).cast(LOCATIONS))
    rows = pa.concat_tables(parts)
    return rows.filter(newest_rows(rows["doc_id"], rows["seq"])).sort_by("doc_id")


def slices(locations: pa.Table, parallelism: int) -> list[Slice]:
    """Split located documents into what single tasks read: several tasks per core, none too small or too large."""
    size = locations.num_rows // max(1, 4 * parallelism)
    size = max(_LEAST_PER_SLICE, min(size, _MOST_PER_SLICE))
    found = []
    for file in sorted(pc.unique(locations["file"]).to_pylist()):
        rows = locations.filter(pc.equal(locations["file"], file))
        for start in range(0, rows.num_rows, size):
            part = rows.slice(start, size)
            found.append(Slice(file, part["doc_id"].to_pylist(), part["seq"].to_pylist()))
    return found


def read_slice(table_uri: str, part: Slice, columns: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """The rows of a slice, some at a time. Runs in executors."""
    wanted = dict(zip(part.doc_ids, part.seqs, strict=True))
    ids = pa.array(part.doc_ids, pa.string())
    filesystem, folder = open_filesystem(table_uri)
    with filesystem.open_input_file(f"{folder}/{part.file}") as stream:
        for batch in pq.ParquetFile(stream).iter_batches(_ROWS_PER_BATCH, columns=[*columns, "seq"]):
            rows = batch.filter(pc.is_in(batch["doc_id"], ids)).to_pylist()
            yield [row for row in rows if wanted[row["doc_id"]] == row["seq"]]
