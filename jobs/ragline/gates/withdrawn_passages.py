"""Passages of changed documents whose text no longer stands in them: hidden at once, where a source says ``withdraw: changed``.

What is recorded of a changed document are the passages that are *kept*: those cut from an older version of it whose stretch of
that version still stands, letter for letter, in the newest. Stretches of the documents' own texts are compared, so that it
does not matter how a passage was cleaned. Every other passage is hidden, one that this gate knows nothing of included.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS
from ragline.gates.document_texts import DocumentTexts
from ragline.gates.passage_history import (
    Cut,
    DocumentState,
    document_states,
    documents_of_chunks,
    passages_of,
    state_at,
    versions_in_use,
)
from ragline.lake.lake import Lake
from ragline.lake.tombstones import CHANGED
from ragline.runtime.run import Run

Row = Mapping[str, Any]
# Documents whose passages are in memory together.
_SHARE = 20_000


def withdrawn_passages(run: Run, lake: Lake, version: int, since: int, known: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows of ``tombstones`` for the documents whose text or title changed after version ``since`` of ``documents``."""
    wanted = [source.name for source in run.settings.sources if source.withdraw == "changed"]
    if not wanted:
        return []
    of_sources = pc.field("source").isin(wanted)
    changed = lake.read(DOCUMENTS, version, columns=["doc_id"], since=since, filter=of_sources)["doc_id"].to_pylist()
    if not changed:
        return []
    cut = Cut(lake, version, since, versions_in_use(lake), documents_of_chunks(lake))
    told = {row["doc_id"]: row for row in known if row["kept_chunk_ids"] is not None and row["as_of"] > since}
    rows = (row for start in range(0, len(changed), _SHARE) for row in _rows(cut, changed[start : start + _SHARE], told))
    made = ({**row, "reason": CHANGED, "ended": False, "documents_version": version, "as_of": version} for row in rows)
    return [row for row in made if not _is_told(row, told.get(row["doc_id"]))]


def _is_told(row: Row, told: Row | None) -> bool:
    return told is not None and told["as_of"] >= row["as_of"] and told["kept_chunk_ids"] == row["kept_chunk_ids"]


def _rows(cut: Cut, doc_ids: Sequence[str], told: Mapping[str, Row]) -> Iterator[dict[str, Any]]:
    """One row for each document of which a release may show another text or title than it has now, or of which something is
    hidden already (``told``): it may stand there again."""
    states, passages = document_states(cut, doc_ids), passages_of(cut, doc_ids)
    texts = DocumentTexts(cut.lake.table_uri(DOCUMENTS))
    for doc_id in sorted(states, key=lambda name: states[name][-1].place):
        now, before = states[doc_id][-1], state_at(states[doc_id], cut.since)
        if now.deleted or before is None:
            continue  # a document's own tombstone says more; one that is new is in no release
        if doc_id not in told and now.title == before.title and len(set(texts.at([now.place, before.place]))) == 1:
            continue
        stands: defaultdict[bool | None, set[str]] = defaultdict(set)
        for passage in passages.get(doc_id, ()):
            stands[_still_stands(passage, states[doc_id], cut, texts)].add(passage["chunk_id"])
        # Passages of one id may have stood under different headings: all of them must stand.
        kept = stands[True] - stands[False]
        yield {"doc_id": doc_id, "deleted_at": now.changed_at, "kept_chunk_ids": sorted(kept)}


def _still_stands(passage: Row, states: Sequence[DocumentState], cut: Cut, texts: DocumentTexts) -> bool | None:
    """Whether all that a hit shows of a passage is in the document as it is now: its text, its headings, the title. None if what
    it was cut from is not there any more."""
    now, cut_from = states[-1], state_at(states, cut.made_of.get(passage["seq"], -1))
    if cut_from is None:
        return None
    if cut_from is now:
        return True
    old, new = texts.at([cut_from.place, now.place])
    text = (old or "")[passage["span_start"] : passage["span_end"]]
    headings = passage["heading_path"] or ()
    named = all(part in (new or "") or part in now.title for part in (*headings, cut_from.title))
    return text != "" and text in (new or "") and named
