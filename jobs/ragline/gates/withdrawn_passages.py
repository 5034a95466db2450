"""Passages of changed documents whose text no longer stands in them: hidden at once, where a source says ``withdraw: changed``.

What is recorded of a changed document are the passages that are *kept*: those cut from an older version of it whose stretch of
that version still stands, letter for letter, in the newest. Stretches of the documents' own texts are compared, so that it
does not matter how a passage was cleaned. Every other passage is hidden, one that this gate knows nothing of included.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import CHUNKS, DOCUMENTS, Table
from ragline.errors import LakeError
from ragline.gates.document_texts import DocumentTexts, Place
from ragline.lake.kept_releases import kept_releases
from ragline.lake.lake import Lake
from ragline.lake.publications import last_published
from ragline.lake.stored_rows import Range, ReadFiles
from ragline.lake.tombstones import CHANGED
from ragline.runtime.run import Run

log = logging.getLogger(__name__)
Row = Mapping[str, Any]
# Documents whose passages are in memory together.
_SHARE = 20_000
_PASSAGE = ("chunk_id", "doc_id", "span_start", "span_end", "heading_path")


@dataclass(frozen=True)
class DocumentState:
    """A document as one version of the table has it: who wrote it, under which title, and where its text stands."""

    seq: int
    title: str
    place: Place
    deleted: bool
    changed_at: Any


@dataclass(frozen=True)
class _Cut:
    """What is compared: documents ``version`` with what passages were cut from. ``used``: the chunks versions that count, each
    with its documents version; ``made_of``: the same of all."""

    lake: Lake
    version: int
    since: int
    used: Mapping[int, int]
    made_of: Mapping[int, int]


def withdrawn_passages(run: Run, lake: Lake, version: int, since: int, known: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows of ``tombstones`` for the documents whose text or title changed after version ``since`` of ``documents``."""
    wanted = [source.name for source in run.settings.sources if source.withdraw == "changed"]
    if not wanted:
        return []
    of_sources = pc.field("source").isin(wanted)
    changed = lake.read(DOCUMENTS, version, columns=["doc_id"], since=since, filter=of_sources)["doc_id"].to_pylist()
    if not changed:
        return []
    cut = _Cut(lake, version, since, _versions_in_use(lake), _made_of(lake))
    told = {row["doc_id"]: row for row in known if row["kept_chunk_ids"] is not None and row["documents_version"] >= version}
    rows = (row for start in range(0, len(changed), _SHARE) for row in _rows(cut, changed[start : start + _SHARE]))
    made = ({**row, "reason": CHANGED, "ended": False, "documents_version": version} for row in rows)
    return [row for row in made if told.get(row["doc_id"], {}).get("kept_chunk_ids") != row["kept_chunk_ids"]]


def _versions_in_use(lake: Lake) -> dict[int, int]:
    """The chunks versions that a release is made of, or may soon be; each with the documents version that it was cut from."""
    used = {release.inputs[CHUNKS.name]: release.inputs[DOCUMENTS.name] for release in kept_releases(lake)}
    published, newest = last_published(lake, CHUNKS.name), lake.last_commit(CHUNKS)
    for made in (published, newest):
        if made is not None and DOCUMENTS.name in made.inputs:
            used[made.version] = made.inputs[DOCUMENTS.name]
    return used


def _made_of(lake: Lake) -> dict[int, int]:
    return {commit.version: commit.inputs[DOCUMENTS.name] for commit in lake.commits(CHUNKS) if DOCUMENTS.name in commit.inputs}


def _states(cut: _Cut, doc_ids: Sequence[str]) -> dict[str, list[DocumentState]]:
    """Everything that is known of these documents up to the version compared with, oldest first."""
    states: defaultdict[str, dict[int, DocumentState]] = defaultdict(dict)
    versions = {cut.version, cut.since, *cut.used.values()}
    for row in _stored_rows(cut.lake, DOCUMENTS, versions, doc_ids, ("doc_id", "title", "changed_at"), cut.version):
        place = (row["file"], row["row_group"], row["position"])
        state = DocumentState(row["seq"], row["title"] or "", place, bool(row["deleted"]), row["changed_at"])
        states[row["doc_id"]][row["seq"]] = state
    return {name: [by_seq[seq] for seq in sorted(by_seq)] for name, by_seq in states.items()}


def _passages(cut: _Cut, doc_ids: Sequence[str]) -> dict[str, list[Row]]:
    passages: defaultdict[str, list[Row]] = defaultdict(list)
    for row in _stored_rows(cut.lake, CHUNKS, cut.used, doc_ids, _PASSAGE):
        if not row["deleted"]:
            passages[row["doc_id"]].append(row)
    return passages


def _stored_rows(
    lake: Lake,
    table: Table,
    versions: Iterable[int],
    doc_ids: Sequence[str],
    columns: tuple[str, ...],
    until: int | None = None,
) -> Iterator[Row]:
    """The stored rows of these documents in any of the versions, superseded ones included, each once."""
    files: set[str] = set()
    for version in sorted(set(versions)):
        try:
            files |= {file.path for file in lake.files(table, version)}
        except LakeError as error:  # what cannot be read is not known to be kept, and stays hidden
            log.warning("%s What was made of it is not known to stand in its documents.", error)
    read = ReadFiles(table, lake.table_uri(table), columns, Range(until=until))
    wanted = pa.array(doc_ids, pa.string())
    for batch in read(iter([pa.record_batch({"file": pa.array(sorted(files), pa.string())})])):
        yield from batch.filter(pc.is_in(batch["doc_id"], wanted)).to_pylist()


def _rows(cut: _Cut, doc_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """One row for each document of which a release may show another text or title than it has now."""
    states, passages = _states(cut, doc_ids), _passages(cut, doc_ids)
    texts = DocumentTexts(cut.lake.table_uri(DOCUMENTS))
    for doc_id in sorted(states, key=lambda name: states[name][-1].place):
        now, before = states[doc_id][-1], _state_at(states[doc_id], cut.since)
        if now.deleted or before is None:
            continue  # a document's own tombstone says more; one that is new is in no release
        if now.title == before.title and len(set(texts.at([now.place, before.place]))) == 1:
            continue
        stands: defaultdict[bool, set[str]] = defaultdict(set)
        for passage in passages.get(doc_id, ()):
            stands[_still_stands(passage, states[doc_id], cut, texts)].add(passage["chunk_id"])
        # Passages of one id may have stood under different headings: all of them must stand.
        kept = stands[True] - stands[False]
        yield {"doc_id": doc_id, "deleted_at": now.changed_at, "kept_chunk_ids": sorted(kept)}


def _still_stands(passage: Row, states: Sequence[DocumentState], cut: _Cut, texts: DocumentTexts) -> bool:
    """Whether all that a hit shows of a passage is in the document as it is now: its text, its headings, the title."""
    now, cut_from = states[-1], _state_at(states, cut.made_of.get(passage["seq"], -1))
    if cut_from is None or cut_from is now:
        return cut_from is now
    old, new = texts.at([cut_from.place, now.place])
    text = (old or "")[passage["span_start"] : passage["span_end"]]
    headings = passage["heading_path"] or ()
    named = all(part in (new or "") or part in now.title for part in (*headings, cut_from.title))
    return text != "" and text in (new or "") and named


def _state_at(states: Sequence[DocumentState], version: int) -> DocumentState | None:
    """The document as it stood at a version; None if it was not there."""
    found = next((state for state in reversed(states) if state.seq <= version), None)
    return None if found is None or found.deleted else found
