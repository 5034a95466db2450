"""What a search gives back: a passage and where it came from."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from ragline.retrieval.chunk_store import rows_at

_FROM_CHUNK = ("text", "chunk_id", "doc_id", "source", "source_id", "title", "uri", "page")


@dataclass(frozen=True)
class Hit:
    """A passage that was found.

    ``span`` is a range of code points in the document's text; ``release`` the number of the release (its fingerprint
    where it is not registered), ``run`` the id of the run that built it.

    ``tenant`` and ``access_labels`` say who may read the document. A search does not look at them yet: whoever shows hits to
    people leaves out what they may not see.
    """

    rank: int
    score: float
    text: str
    chunk_id: str
    doc_id: str
    source: str
    source_id: str
    title: str
    uri: str
    span: tuple[int, int]
    heading_path: tuple[str, ...]
    page: int | None
    tenant: str
    access_labels: tuple[str, ...]
    release: str
    run: str


def make_hits(chunks: pa.Table, ranked: Iterable[tuple[int, float]], *, release: str, run: str) -> list[Hit]:
    """Look up ranked (row, score) pairs in the chunk store."""
    pairs = list(ranked)
    rows = rows_at(chunks, [row for row, _ in pairs])
    return [
        Hit(
            rank=rank,
            score=score,
            span=(row["span_start"], row["span_end"]),
            heading_path=tuple(row["heading_path"] or ()),
            tenant=row.get("tenant") or "",
            access_labels=tuple(row.get("access_labels") or ()),
            release=release,
            run=run,
            **{name: row[name] for name in _FROM_CHUNK},
        )
        for rank, ((_, score), row) in enumerate(zip(pairs, rows, strict=True), start=1)
    ]
