"""A file that a task wrote below a table's folder: the row in which executors report it, and the action that commits it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pyarrow as pa
from deltalake.transaction import AddAction

FILE = (("path", pa.string()), ("size", pa.int64()), ("modification_time", pa.int64()), ("stats", pa.string()))


def file_row(action: AddAction) -> dict[str, Any]:
    """The row of a file: its name below the table's folder, its bytes, its time in milliseconds, Delta's statistics as JSON."""
    values = asdict(action)
    return {name: values[name] for name, _ in FILE}


def file_action(row: Mapping[str, Any]) -> AddAction:
    """The action that adds the file of a row to its table."""
    return AddAction(row["path"], row["size"], {}, row["modification_time"], True, row["stats"])
