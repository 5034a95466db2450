"""From which columns of which tables a column of the lake comes, where that is known."""

from dataclasses import dataclass
from typing import Literal

from ragline.contracts.tables import CHUNKS, DOCUMENTS, EMBEDDINGS, FEEDBACK, TOMBSTONES, TRAINING_PAIRS

Subtype = Literal["IDENTITY", "TRANSFORMATION", "AGGREGATION"]


@dataclass(frozen=True)
class Origin:
    """A column that another one comes from: as it is (IDENTITY), or made into something else."""

    table: str
    column: str
    subtype: Subtype
    description: str = ""


def _same(table: str, *columns: str) -> dict[str, tuple[Origin, ...]]:
    return {column: (Origin(table, column, "IDENTITY"),) for column in columns}


def _made(table: str, column: str, description: str) -> Origin:
    return Origin(table, column, "TRANSFORMATION", description)


# By table, by column. What a stage makes up itself (ordinals, versions) has no origin, and stands not here.
COLUMN_ORIGINS: dict[str, dict[str, tuple[Origin, ...]]] = {
    CHUNKS.name: {
        **_same(DOCUMENTS.name, "doc_id", "source", "source_id", "uri", "title", "access_labels", "tenant"),
        "text": (_made(DOCUMENTS.name, "text", "cleaned, protected and cut"),),
        "text_hash": (
            _made(DOCUMENTS.name, "text", "hash of the encoder's input"),
            _made(DOCUMENTS.name, "title", "part of the encoder's input"),
        ),
        "heading_path": (_made(DOCUMENTS.name, "text", "the headings above the passage"),),
        "language": (_made(DOCUMENTS.name, "text", "told from the text"),),
        "personal_data": (_made(DOCUMENTS.name, "text", "kinds that were found in the text"),),
    },
    EMBEDDINGS.name: {
        **_same(CHUNKS.name, "text_hash"),
        "vector": (
            _made(CHUNKS.name, "text", "encoded"),
            _made(CHUNKS.name, "heading_path", "encoded with the text"),
            _made(CHUNKS.name, "title", "encoded with the text"),
        ),
    },
    TOMBSTONES.name: _same(DOCUMENTS.name, "doc_id", "deleted_at"),
    TRAINING_PAIRS.name: {
        **_same(FEEDBACK.name, "query"),
        "positive": (Origin(CHUNKS.name, "text", "IDENTITY"),),
        "negatives": (Origin(CHUNKS.name, "text", "AGGREGATION"),),
    },
}
