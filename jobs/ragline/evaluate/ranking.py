"""Rank documents by their chunks, and write rankings as a TREC run."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ragline.errors import ConfigError

RUN_DEPTH = 100
Rankings = Mapping[str, Sequence[str]]


def rank_documents(ranked_rows: Iterable[tuple[int, float]], row_documents: Sequence[str]) -> list[str]:
    """Documents by their best chunk, best first, at most ``RUN_DEPTH``."""
    return list(dict.fromkeys(row_documents[row] for row, _ in ranked_rows))[:RUN_DEPTH]


def write_trec_run(file: Path, rankings: Rankings, source_ids: Mapping[str, str], tag: str) -> None:
    """Write rankings (query id → documents) in TREC's run format, documents under their ids at the source.

    The score is 1 / rank: fused scores tie, and readers of runs break ties each in their way.

    Raises:
        ConfigError: the file cannot be written.
    """
    lines = [
        f"{_field(query_id)} Q0 {_field(source_ids[document])} {rank} {1 / rank:.6f} {tag}\n"
        for query_id, documents in rankings.items()
        for rank, document in enumerate(documents, start=1)
    ]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--run-file {file} cannot be written: {error.strerror}.") from error


def _field(text: str) -> str:
    """An id as one field of a line that is split at white space."""
    return "%20".join(text.split())
