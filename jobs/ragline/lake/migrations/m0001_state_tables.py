"""Migration 1: what preprocess remembers of documents and chunks is stored under names that say so."""

from ragline.lake.lake import Lake
from ragline.lake.migrations.copy_table import copy_table
from ragline.lake.migrations.migration import Migration

_RENAMED = {"outcomes": "document_state", "passages": "chunk_state"}


def _apply(lake: Lake) -> list[str]:
    return [f"table {old} is now {new}" for old, new in _RENAMED.items() if copy_table(lake, old, new)]


STATE_TABLES = Migration(1, "document and chunk state under their names", _apply, replaces=tuple(_RENAMED))
