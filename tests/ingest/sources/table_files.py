"""A table source over a file that a test wrote: its items, and the texts that another process reads."""

import pickle
from pathlib import Path

from ragline.ingest.item import Item
from ragline.ingest.source import Listing
from ragline.ingest.sources.table import TableOptions, TableSource


def table(file: Path | str, fields: dict[str, str] | None = None, **options: object) -> TableSource:
    made = TableSource("t", TableOptions(uri=str(file), fields=fields or {}, **options), Path("/"))
    return pickle.loads(pickle.dumps(made))


def items(file: Path | str, fields: dict[str, str] | None = None, **options: object) -> list[Item]:
    return list(table(file, fields, **options).items(Listing()))


def texts(file: Path | str, fields: dict[str, str] | None = None, **options: object) -> dict[str, bytes]:
    """Every record's text, read through open_all by another process's copy of the source."""
    found = items(file, fields, **options)
    return {item.source_id: opener().read() for item, opener in table(file, fields, **options).open_all(found)}
