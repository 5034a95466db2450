"""The chunks of a release: one Arrow file, mapped into memory. A chunk's row is its id in both indices."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from ragline.contracts.chunk_text import encoder_input
from ragline.contracts.tables import CHUNKS
from ragline.errors import ReleaseError
from ragline.lake.large_columns import sort_rows

# How the lake keeps its rows is no business of a release.
COLUMNS = [name for name in CHUNKS.schema.names if name not in ("seq", "deleted")]
_BATCH_ROWS = 8192


def in_row_order(chunks: pa.Table) -> pa.Table:
    """The chunks in the order of a release: a document's together, in reading order; the same whenever it is built."""
    return sort_rows(chunks.select(COLUMNS), ("doc_id", "ascending"), ("ordinal", "ascending"), ("chunk_id", "ascending"))


def indexed_texts(chunks: pa.Table, heading_prefix: bool) -> Iterator[str]:
    """What the encoder and the lexical index read of each chunk, row by row."""
    for batch in chunks.select(["title", "heading_path", "text"]).to_batches(max_chunksize=_BATCH_ROWS):
        for row in batch.to_pylist():
            yield encoder_input(row["title"] or "", row["heading_path"] or [], row["text"], heading_prefix=heading_prefix)


def write_chunks(file: Path, chunks: pa.Table) -> None:
    """Write chunks as an Arrow IPC file."""
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, chunks.schema) as writer:
        writer.write_table(chunks, max_chunksize=_BATCH_ROWS)


def open_chunks(file: Path) -> pa.Table:
    """The chunks of a release, without reading them.

    Raises:
        ReleaseError: the file is missing or damaged.
    """
    try:
        return pa.ipc.open_file(pa.memory_map(str(file))).read_all()
    except (OSError, pa.ArrowInvalid) as error:
        raise ReleaseError(f"The chunk store {file} cannot be read: {error}") from error


def rows_at(chunks: pa.Table, rows: Iterable[int]) -> list[dict[str, Any]]:
    """A few rows as plain Python, in the order asked for. Slices, because ``take`` would read the whole file."""
    return [chunks.slice(row, 1).to_pylist()[0] for row in rows]
