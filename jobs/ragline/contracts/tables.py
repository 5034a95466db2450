"""The lake's tables: names, keys, schemas.

Rows are only ever appended. ``seq`` is the Delta version that wrote a row; of the rows that share a
table's ``version_key`` those with the highest ``seq`` count, and not even those if ``deleted``. So the
bytes written follow the change, and "what changed since version N" is ``seq > N``, which Delta's file
statistics answer without opening the other files. What a table says of retention: ``contracts/retention.py``.
"""

from dataclasses import dataclass

import pyarrow as pa

from ragline.contracts.retention import Of, Retention

TIMESTAMP = pa.timestamp("us", tz="UTC")
LABELS = pa.list_(pa.string())
# A chunk's ``text`` beside ``documents.text``: flat pairs of an offset in the chunk and an offset in the document, first
# (0, span_start), last (len(text), span_end). Between neighbouring pairs equally long stretches correspond one to one,
# others were replaced as a whole. Null where the text equals its span.
ALIGNMENT = pa.list_(pa.int64())
HASHES = pa.list_(pa.int64())


@dataclass(frozen=True)
class Table:
    """A table of the lake: its name, its key, the columns its rows have, and how long they stay."""

    name: str
    key: tuple[str, ...]
    schema: pa.Schema
    version_key: str | None = None
    retention: Retention = Retention(Of.HISTORY)


def statistics_columns(table: Table) -> list[str]:
    """The columns whose smallest and largest values stand in the table's log: numbers and ids that tell nothing of content."""
    return [name for name in ("doc_id", "seq") if name in table.schema.names]


def _versioned(*fields: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema([*fields, ("seq", pa.int64()), ("deleted", pa.bool_())])


DOCUMENTS = Table(
    "documents",
    key=("doc_id",),
    version_key="doc_id",
    schema=_versioned(
        ("doc_id", pa.string()),
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("uri", pa.string()),
        ("media_type", pa.string()),
        ("content_hash", pa.string()),
        ("metadata_hash", pa.string()),
        ("title", pa.string()),
        ("text", pa.string()),
        ("metadata", pa.string()),
        ("access_labels", LABELS),
        ("tenant", pa.string()),
        ("fetched_at", TIMESTAMP),
        ("changed_at", TIMESTAMP),
        ("deleted_at", TIMESTAMP),
        # Of the whole row, times aside: what ``items.part_hashes`` is held against. Null in rows from before this column.
        ("row_hash", pa.string()),
    ),
    retention=Retention(
        Of.DOCUMENT,
        key=("doc_id",),
        content=("source_id", "uri", "title", "text", "metadata", "access_labels", "tenant"),
        plain=("doc_id", "source", "media_type", "content_hash", "metadata_hash", "row_hash"),
        read_by=("published", "chunks"),
    ),
)

# One row per item that a source listed: by what mark ingest tells that it has not changed, and what came of it. ``part_hashes``
# stand beside ``part_ids``; each covers the whole row (of ``documents`` or ``quarantine``) that the part gave. A row counts only
# while these are the rows that stand there (ADR 0010). ``listed_at``: when the complete listing began that the row comes from.
ITEMS = Table(
    "items",
    key=("doc_id",),
    version_key="doc_id",
    schema=_versioned(
        ("doc_id", pa.string()),
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("change_marker", pa.string()),
        ("content_hash", pa.string()),
        ("metadata_hash", pa.string()),
        ("settings_hash", pa.string()),  # null: of before there was one
        ("part_ids", LABELS),
        ("part_hashes", LABELS),
        ("listed_at", TIMESTAMP),
    ),
    retention=Retention(
        Of.ITEM,
        key=("doc_id",),
        content=("source_id", "change_marker"),
        plain=("doc_id", "source", "content_hash", "metadata_hash", "settings_hash", "part_ids", "part_hashes"),
    ),
)

QUARANTINE = Table(
    "quarantine",
    key=("doc_id", "content_hash"),
    version_key="doc_id",
    schema=_versioned(
        ("doc_id", pa.string()),
        ("content_hash", pa.string()),
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("uri", pa.string()),
        ("stage", pa.string()),
        ("reason", pa.string()),
        ("message", pa.string()),
        ("seen_at", TIMESTAMP),
    ),
    retention=Retention(
        Of.ITEM,
        key=("doc_id",),
        content=("source_id", "uri", "message"),
        plain=("doc_id", "content_hash", "source", "stage", "reason"),
    ),
)

CHUNKS = Table(
    "chunks",
    key=("chunk_id",),
    version_key="doc_id",
    schema=_versioned(
        ("chunk_id", pa.string()),
        ("doc_id", pa.string()),
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("uri", pa.string()),
        ("title", pa.string()),
        ("ordinal", pa.int32()),
        ("text", pa.string()),
        ("text_hash", pa.string()),
        ("span_start", pa.int64()),
        ("span_end", pa.int64()),
        ("alignment", ALIGNMENT),
        ("heading_path", LABELS),
        ("page", pa.int32()),
        ("token_count", pa.int32()),
        ("language", pa.string()),
        ("personal_data", LABELS),
        ("access_labels", LABELS),
        ("tenant", pa.string()),
    ),
    retention=Retention(
        Of.DOCUMENT,
        key=("doc_id",),
        content=("source_id", "uri", "title", "text", "heading_path", "access_labels", "tenant"),
        plain=("chunk_id", "doc_id", "source", "text_hash", "language", "personal_data"),
        read_by=("published", "release"),
    ),
)

# One row per document that preprocess has seen: what it found in the document by itself (up to ``bands``), and what
# became of it among the others. An incremental run compares new documents with these rows and reads no other text.
# ``marks``: hashes of the blocks that may be boilerplate. ``bands``: of its MinHash signature; empty if it is too short.
DOCUMENT_STATE = Table(
    "document_state",
    key=("doc_id",),
    version_key="doc_id",
    schema=_versioned(
        ("doc_id", pa.string()),
        ("source", pa.string()),
        ("normal_hash", pa.string()),
        ("words", pa.int32()),
        ("language", pa.string()),
        ("rejected", pa.string()),
        ("marks", HASHES),
        ("bands", HASHES),
        ("outcome", pa.string()),
        ("kept_id", pa.string()),
        ("method", pa.string()),
        ("score", pa.float64()),
        ("chunk_count", pa.int32()),
    ),
    retention=Retention(
        Of.DOCUMENT,
        key=("doc_id",),
        plain=("doc_id", "source", "normal_hash", "language", "rejected", "outcome", "kept_id", "method"),
    ),
)

# The same for chunks, dropped ones included; of a document all rows are written together.
CHUNK_STATE = Table(
    "chunk_state",
    key=("chunk_id",),
    version_key="doc_id",
    schema=_versioned(
        ("chunk_id", pa.string()),
        ("doc_id", pa.string()),
        ("normal_hash", pa.string()),
        ("words", pa.int32()),
        ("bands", HASHES),
        ("kept_id", pa.string()),
        ("method", pa.string()),
        ("score", pa.float64()),
    ),
    retention=Retention(Of.DOCUMENT, key=("doc_id",), plain=("chunk_id", "doc_id", "normal_hash", "kept_id", "method")),
)

# Exact Jaccard similarity of two normalised texts, by their hashes: computed once, true for ever.
NEAR_PAIRS = Table(
    "near_pairs",
    key=("left_hash", "right_hash", "shingle_words"),
    schema=pa.schema(
        [
            ("left_hash", pa.string()),
            ("right_hash", pa.string()),
            ("shingle_words", pa.int32()),
            ("score", pa.float64()),
            ("seq", pa.int64()),
        ]
    ),
    retention=Retention(Of.NORMAL_TEXT, key=("left_hash", "right_hash"), plain=("left_hash", "right_hash")),
)

# Documents and chunks (``level``) that are left out for another. ``doc_id``: the document that was dropped, or that the
# dropped chunk is of.
DUPLICATES = Table(
    "duplicates",
    key=("dropped_id",),
    version_key="dropped_id",
    schema=_versioned(
        ("dropped_id", pa.string()),
        ("kept_id", pa.string()),
        ("level", pa.string()),
        ("doc_id", pa.string()),
        ("method", pa.string()),
        ("score", pa.float64()),
    ),
    retention=Retention(Of.DOCUMENT, key=("doc_id",), plain=("dropped_id", "kept_id", "level", "doc_id", "method")),
)

EMBEDDINGS = Table(
    "embeddings",
    key=("text_hash", "model_fingerprint"),
    schema=pa.schema(
        [
            ("text_hash", pa.string()),
            ("model_fingerprint", pa.string()),
            ("vector", pa.list_(pa.float32())),
            ("seq", pa.int64()),
        ]
    ),
    retention=Retention(Of.TEXT, key=("text_hash",), content=("vector",), plain=("text_hash", "model_fingerprint")),
)

# What searches hide at once in releases made of documents older than ``documents_version``; ``lake.tombstones`` reads it. Of
# the rows of one document and one ``content`` (a hash of what it held, under which title, labels and tenant; null in rows of
# older code) that counts which speaks of the newest documents (``as_of``; null in rows of older code, which spoke of
# ``documents_version``), and not even that if ``ended``: the same content is there again.
# A row with ``kept_chunk_ids`` is of a document that was changed: it hides all passages of older releases but these, whose text
# still stands in the document.
TOMBSTONES = Table(
    "tombstones",
    key=("doc_id", "content", "documents_version"),
    schema=pa.schema(
        [
            ("doc_id", pa.string()),
            ("documents_version", pa.int64()),
            ("reason", pa.string()),
            ("deleted_at", TIMESTAMP),
            ("content", pa.string()),
            ("ended", pa.bool_()),
            ("as_of", pa.int64()),
            ("kept_chunk_ids", LABELS),
            ("seq", pa.int64()),
        ]
    ),
    retention=Retention(Of.DELETION, key=("doc_id",), plain=("doc_id", "reason", "content", "kept_chunk_ids")),
)

FEEDBACK = Table(
    "feedback",
    key=("event_id",),
    schema=pa.schema(
        [
            ("event_id", pa.string()),
            ("query", pa.string()),
            ("release", pa.int64()),
            ("ranked", pa.list_(pa.string())),
            ("clicked", pa.list_(pa.string())),
            ("corrected", pa.list_(pa.string())),
            ("user", pa.string()),
            ("occurred_at", TIMESTAMP),
            ("seq", pa.int64()),
        ]
    ),
    retention=Retention(
        Of.CHUNK,
        key=("ranked", "clicked", "corrected"),
        content=("query",),
        plain=("event_id", "ranked", "clicked", "corrected", "user"),
    ),
)

# Where each passage of a pair came from stands beside it, so that it can be told whether the corpus still holds it: the
# positive's document, its text hash and the document's content hash, and the same of each negative. Null in rows of before.
TRAINING_PAIRS = Table(
    "training_pairs",
    key=("pair_id",),
    version_key="pair_id",
    schema=_versioned(
        ("pair_id", pa.string()),
        ("query", pa.string()),
        ("positive", pa.string()),
        ("negatives", LABELS),
        ("weight", pa.float64()),
        ("provenance", pa.string()),
        ("doc_id", pa.string()),
        ("text_hash", pa.string()),
        ("content_hash", pa.string()),
        ("negative_doc_ids", LABELS),
        ("negative_text_hashes", LABELS),
        ("negative_content_hashes", LABELS),
    ),
    retention=Retention(
        Of.DOCUMENT,
        key=("doc_id", "negative_doc_ids"),
        content=("query", "positive", "negatives"),
        plain=(
            *("pair_id", "provenance", "doc_id", "text_hash", "content_hash"),
            *("negative_doc_ids", "negative_text_hashes", "negative_content_hashes"),
        ),
    ),
)

PUBLISHED = Table(
    "published",
    key=("table", "version", "run_id"),
    schema=pa.schema(
        [
            ("table", pa.string()),
            ("version", pa.int64()),
            ("suite_fingerprint", pa.string()),
            ("config_fingerprint", pa.string()),
            ("inputs", pa.string()),
            ("gate_result", pa.string()),
            ("run_id", pa.string()),
            ("published_at", TIMESTAMP),
            ("seq", pa.int64()),
        ]
    ),
    retention=Retention(
        Of.HISTORY,
        content=("gate_result",),
        plain=("table", "suite_fingerprint", "config_fingerprint", "inputs", "run_id"),
    ),
)

# Releases whose bundles are removed or about to be, and why. A release that is not in here is kept: it can be searched, and
# the table versions that it was built from stay. ``replaced_by``: the build without deleted documents that took its place.
EXPIRED_RELEASES = Table(
    "expired_releases",
    key=("release",),
    schema=pa.schema(
        [
            ("release", pa.int64()),
            ("reason", pa.string()),
            ("replaced_by", pa.int64()),
            ("run_id", pa.string()),
            ("expired_at", TIMESTAMP),
            ("seq", pa.int64()),
        ]
    ),
    retention=Retention(Of.HISTORY, plain=("reason", "run_id")),
)

AUDIT = Table(
    "audit",
    key=("event_id",),
    schema=pa.schema(
        [
            ("event_id", pa.string()),
            ("action", pa.string()),
            ("subject", pa.string()),
            ("actor", pa.string()),
            ("reason", pa.string()),
            ("evidence", pa.string()),
            ("run_id", pa.string()),
            ("at", TIMESTAMP),
            ("seq", pa.int64()),
        ]
    ),
    retention=Retention(Of.HISTORY, content=("reason", "evidence"), plain=("event_id", "action", "subject", "actor", "run_id")),
)

# Who holds which lock: the newest row of a name counts, an empty holder means nobody. Used where a lake is in an object store.
LEASES = Table(
    "leases",
    key=("name",),
    schema=pa.schema(
        [
            ("name", pa.string()),
            ("holder", pa.string()),
            ("at", TIMESTAMP),
            ("seq", pa.int64()),
        ]
    ),
    retention=Retention(Of.HISTORY, plain=("name", "holder")),
)

# Which numbered changes of tables (``lake/migrations``) the lake has gone through. Every job reads it first.
APPLIED_MIGRATIONS = Table(
    "migrations",
    key=("number",),
    schema=pa.schema(
        [
            ("number", pa.int32()),
            ("title", pa.string()),
            ("changes", pa.list_(pa.string())),
            ("run_id", pa.string()),
            ("at", TIMESTAMP),
            ("seq", pa.int64()),
        ]
    ),
    retention=Retention(Of.HISTORY, plain=("title", "changes", "run_id")),
)

# What stages read and write.
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        DOCUMENTS,
        ITEMS,
        QUARANTINE,
        CHUNKS,
        DOCUMENT_STATE,
        CHUNK_STATE,
        NEAR_PAIRS,
        DUPLICATES,
        EMBEDDINGS,
        TOMBSTONES,
        FEEDBACK,
        TRAINING_PAIRS,
        PUBLISHED,
        EXPIRED_RELEASES,
        AUDIT,
        LEASES,
    )
}
