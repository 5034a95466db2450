"""A folder source over a place that a test filled: its items, and the bytes that another process reads."""

import pickle
from pathlib import Path

from ragline.ingest.item import Item
from ragline.ingest.source import Listing
from ragline.ingest.sources.folder import FolderOptions, FolderSource


def source(uri: Path | str, **options: object) -> FolderSource:
    made = FolderSource("docs", FolderOptions(uri=str(uri), **options), Path("/"))
    return pickle.loads(pickle.dumps(made))


def items(uri: Path | str, **options: object) -> dict[str, Item]:
    return {item.source_id: item for item in source(uri, **options).items(Listing())}


def listed(uri: Path | str, **options: object) -> list[str]:
    return list(items(uri, **options))


def read(uri: Path | str, item: Item) -> bytes:
    with source(uri).open(item) as stream:
        return stream.read()
