"""Deletions that become public: rows of ``tombstones``, which every search obeys at once.

They wait for no suite: a document that is gone from its source is hidden, whatever else is wrong with the version that says so.
What is compared are the newest version and the one published last; what was written for versions in between that failed is in
the table already, and is brought up to date like the rest.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyarrow as pa

from ragline.contracts.fingerprints import commit_key
from ragline.contracts.tables import DOCUMENTS, TOMBSTONES
from ragline.errors import CommitConflict
from ragline.gates.content_left import ContentLeft, content_left
from ragline.gates.withdrawn_passages import withdrawn_passages
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.tombstones import DELETED, MOVED, RETURNED, newest_tombstones
from ragline.runtime.run import Run

Row = dict[str, Any]
_ATTEMPTS = 20
_SCHEMA = pa.schema([field for field in TOMBSTONES.schema if field.name != "seq"])


def write_tombstones(run: Run, version: int, published: int) -> int:
    """Record what was deleted after version ``published`` of ``documents``, and which earlier deletions have ended; return how
    many documents are hidden by it.

    What counts is the newest version, ``version`` or one that was committed since. Written once, however often a gate is run.
    """
    hidden = _append(run, version, published, due_tombstones)
    _append(run, version, published, partial(withdrawn_passages, run))
    return hidden


def withdraw_from_chunks(run: Run, documents_version: int) -> None:
    """Record which passages, cut from a version of ``documents``, no longer stand in it: what changed while they were cut."""
    _append(run, documents_version, documents_version, partial(withdrawn_passages, run))


def due_tombstones(lake: Lake, version: int, published: int, known: Sequence[Row]) -> list[Row]:
    """The rows by which ``tombstones`` lacks what is true at a version; ``known`` are the rows that count so far.

    A document that was deleted is hidden while no document holds what it held under the same title, labels and tenant: neither
    itself, come back, nor another one of the pipeline.
    """
    known = [row for row in known if row["kept_chunk_ids"] is None]
    left = content_left(lake, version, published, known)
    rows = [*_second_deletions(left, known, published), *_returns(left, known), *_deletions(left, known, version, published)]
    named = {(row["doc_id"], row["content"]): {**row, "as_of": version} for row in rows}
    return list(named.values())


def _deletions(left: ContentLeft, known: Iterable[Row], version: int, published: int) -> Iterator[Row]:
    """Documents that are gone. One that is still there under another id gets a row that has ended: if that goes as well, it
    has to be hidden."""
    states = {(row["doc_id"], row["content"]): row for row in known}
    for doc_id, deleted_at in left.gone.items():
        content = left.before.get(doc_id)
        if doc_id not in left.before:
            continue  # it came after the last publication, so that no release has it
        ended = content in left.present
        state = states.get((doc_id, content))
        # A row of before the last publication tells of an earlier deletion: the document had come back since.
        told = state is not None and state["ended"] == ended and state["documents_version"] > published
        if not told:
            yield {
                "doc_id": doc_id,
                "content": content,
                "documents_version": version,
                "reason": MOVED if ended else DELETED,
                "deleted_at": deleted_at,
                "ended": ended,
            }


def _returns(left: ContentLeft, known: Iterable[Row]) -> Iterator[Row]:
    for row in known:
        if not row["ended"] and row["content"] in left.present and row["doc_id"] not in left.gone:
            reason = RETURNED if (row["doc_id"], row["content"]) in left.holders else MOVED
            yield {**_story(row), "reason": reason, "ended": True}


def _second_deletions(left: ContentLeft, known: Iterable[Row], published: int) -> Iterator[Row]:
    """Documents whose deletion had ended by what is not there any more."""
    for row in known:
        asked = row["content"] in left.lost or row["as_of"] > published
        if row["ended"] and asked and row["content"] not in left.present:
            yield {**_story(row), "reason": DELETED, "deleted_at": datetime.now(UTC), "ended": False}


def _story(row: Row) -> Row:
    """What stays the same in all rows that tell of one deletion: releases of which documents hide it, for example."""
    return {name: row[name] for name in ("doc_id", "content", "documents_version", "deleted_at")}


def _append(run: Run, version: int, since: int, due: Callable[[Lake, int, int, list[Row]], list[Row]]) -> int:
    """Write what is due until nothing is; return how many documents it hides.

    Each time it is decided against the newest versions of ``documents`` and ``tombstones``. A gate that was slow would otherwise
    leave behind what another one, of a newer version, has found nothing to say about.
    """
    hidden = 0
    for _ in range(_ATTEMPTS):
        newest = run.lake.last_commit(DOCUMENTS)
        version = version if newest is None else max(version, newest.version)
        base = run.lake.version(TOMBSTONES)
        rows = due(run.lake, version, since, newest_tombstones(run.lake.read(TOMBSTONES, base)).to_pylist())
        if not rows:
            return hidden
        if base is None or _lacks_columns(run.lake, base):
            run.lake.ensure(TOMBSTONES)
            continue
        key = commit_key(run.job, TOMBSTONES.name, {"documents": version, "since": since, "base": base}, "")
        commit = Commit(key, run.run_id, {DOCUMENTS.name: version})
        with suppress(CommitConflict):
            run.wrote(TOMBSTONES, run.lake.write(TOMBSTONES, pa.Table.from_pylist(rows, schema=_SCHEMA), commit, base), len(rows))
            hidden += sum(not row["ended"] for row in rows)
    raise CommitConflict(f"Other runs kept committing to {TOMBSTONES.name} in {run.lake.uri}.")


def _lacks_columns(lake: Lake, version: int) -> bool:
    """Whether older code made the table."""
    return not set(TOMBSTONES.schema.names) <= set(lake.dataset(TOMBSTONES, version).schema.names)
