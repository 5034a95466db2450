"""The Parquet files of a table, each with the range of versions that its rows were written by."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
from deltalake import DeltaTable
from pyarrow import fs

from ragline.lake.files import open_filesystem
from ragline.lake.large_columns import codes


@dataclass(frozen=True)
class StoredFile:
    """A Parquet file of a table: its path below the table's folder, its number of rows, the range of ``seq`` in it (None:
    not known), its bytes, and when it was written (milliseconds)."""

    path: str
    rows: int
    first_seq: int | None
    last_seq: int | None
    size: int = 0
    written_at: int = 0


def stored_files(delta: DeltaTable) -> list[StoredFile]:
    """The files of a table, from the statistics in its log: none is opened."""
    actions = pa.table(delta.get_add_actions(flatten=True))
    for name in ("min.seq", "max.seq"):
        if name not in actions.column_names:
            actions = actions.append_column(name, pa.nulls(actions.num_rows, pa.int64()))
    times = pc.cast(actions["modification_time"], pa.int64())
    rows = actions.select(["path", "num_records", "min.seq", "max.seq", "size_bytes"]).append_column("at", times).to_pylist()
    return [
        StoredFile(row["path"], row["num_records"] or 0, row["min.seq"], row["max.seq"], row["size_bytes"], row["at"])
        for row in rows
    ]


def missing_files(table_uri: str, delta: DeltaTable) -> list[str]:
    """The files of a table that are not there any more."""
    filesystem, folder = open_filesystem(table_uri)
    infos = filesystem.get_file_info([f"{folder}/{file.path}" for file in stored_files(delta)])
    return [info.path for info in infos if info.type == fs.FileType.NotFound]


def pruned_by_seq(delta: DeltaTable) -> pads.Dataset:
    """The table's files, each known to hold only its range of ``seq``.

    delta-rs attaches what the statistics say of every column. Where a file's statistics leave a column out it says
    ``column >= null``, which makes Arrow pass that file over whatever the filter, so that only ``seq`` is taken from it.
    """
    dataset = delta.to_pyarrow_dataset()
    ranges = {file.path: (file.first_seq, file.last_seq) for file in stored_files(delta)}
    fragments = [
        dataset.format.make_fragment(part.path, part.filesystem, _seq_range(*ranges.get(part.path, (None, None))))
        for part in dataset.get_fragments()
    ]
    return pads.FileSystemDataset(fragments, dataset.schema, dataset.format, dataset.filesystem)


def _seq_range(low: int | None, high: int | None) -> pc.Expression | None:
    return None if low is None or high is None else (pc.field("seq") >= low) & (pc.field("seq") <= high)


def newest_rows(keys: pa.ChunkedArray, seq: pa.ChunkedArray) -> pa.Array:
    """Boolean mask of the rows whose ``seq`` is the highest of their key."""
    if len(keys) == 0:
        return pa.array([], pa.bool_())
    of_key = codes(keys).to_numpy(zero_copy_only=False)
    numbers = seq.to_numpy()
    newest = np.full(of_key.max() + 1, -1, dtype=np.int64)
    np.maximum.at(newest, of_key, numbers)
    return pa.array(numbers == newest[of_key])
