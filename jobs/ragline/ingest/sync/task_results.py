"""What executors tell the driver of the items they took in: ids, hashes and file names, never content."""

from dataclasses import asdict
from typing import Any

import pyarrow as pa
from deltalake.transaction import AddAction

# ``same``: the bytes are those of the last time. ``kept``: they could not be had now, so nothing is said of them.
TAKEN, SAME, KEPT = "taken", "same", "kept"
DOCUMENT, REFUSED = "document", "refused"

# One row per item; the lists stand beside each other, one place per part. ``part_written`` says whether a row was written
# for it, or the lake holds that very row already.
OUTCOMES = pa.schema(
    [
        ("doc_id", pa.string()),
        ("kind", pa.string()),
        ("content_hash", pa.string()),
        ("size", pa.int64()),
        ("part_ids", pa.list_(pa.string())),
        ("part_hashes", pa.list_(pa.string())),
        ("part_kinds", pa.list_(pa.string())),
        ("part_contents", pa.list_(pa.string())),
        ("part_reasons", pa.list_(pa.string())),
        ("part_written", pa.list_(pa.bool_())),
        # Or, in a row of its own at the end, a file that a task wrote.
        ("table", pa.string()),
        ("path", pa.string()),
        ("bytes", pa.int64()),
        ("modification_time", pa.int64()),
        ("stats", pa.string()),
    ]
)
OUTCOMES_DDL = (
    "doc_id string, kind string, content_hash string, size bigint, part_ids array<string>, part_hashes array<string>, "
    "part_kinds array<string>, part_contents array<string>, part_reasons array<string>, part_written array<boolean>, "
    "`table` string, path string, bytes bigint, modification_time bigint, stats string"
)


def file_row(table: str, action: AddAction) -> dict[str, Any]:
    """A file that a task wrote below a table's folder."""
    said = asdict(action)
    return {
        "table": table,
        "path": said["path"],
        "bytes": said["size"],
        "modification_time": said["modification_time"],
        "stats": said["stats"],
    }


def file_action(row: dict[str, Any]) -> AddAction:
    """The same as what is to be committed."""
    return AddAction(row["path"], row["bytes"], {}, row["modification_time"], True, row["stats"])
