"""What documents were, and which passages were cut from them, in the versions that releases are made of."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import CHUNKS, DOCUMENTS, Table
from ragline.errors import LakeError
from ragline.gates.document_texts import Place
from ragline.lake.kept_releases import kept_releases
from ragline.lake.lake import Lake
from ragline.lake.publications import last_published
from ragline.lake.stored_rows import Range, ReadFiles

log = logging.getLogger(__name__)
Row = Mapping[str, Any]
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
class Cut:
    """What is compared: documents ``version`` with what passages were cut from. ``used``: the chunks versions that count, each
    with its documents version; ``made_of``: the same of all."""

    lake: Lake
    version: int
    since: int
    used: Mapping[int, int]
    made_of: Mapping[int, int]


def versions_in_use(lake: Lake) -> dict[int, int]:
    """The chunks versions that a release is made of, or may soon be; each with the documents version that it was cut from."""
    published, newest = last_published(lake, CHUNKS.name), lake.last_commit(CHUNKS)
    used = {release.inputs.get(CHUNKS.name): release.inputs.get(DOCUMENTS.name) for release in kept_releases(lake)}
    used |= {made.version: made.inputs.get(DOCUMENTS.name) for made in (published, newest) if made is not None}
    return {chunks: documents for chunks, documents in used.items() if chunks is not None and documents is not None}


def documents_of_chunks(lake: Lake) -> dict[int, int]:
    """The documents version that each chunks version was cut from."""
    return {commit.version: commit.inputs[DOCUMENTS.name] for commit in lake.commits(CHUNKS) if DOCUMENTS.name in commit.inputs}


def document_states(cut: Cut, doc_ids: Sequence[str]) -> dict[str, list[DocumentState]]:
    """Everything that is known of these documents up to the version compared with, oldest first."""
    states: defaultdict[str, dict[int, DocumentState]] = defaultdict(dict)
    versions = {cut.version, cut.since, *cut.used.values()}
    for row in _stored_rows(cut.lake, DOCUMENTS, versions, doc_ids, ("doc_id", "title", "changed_at"), cut.version):
        place = (row["file"], row["row_group"], row["position"])
        state = DocumentState(row["seq"], row["title"] or "", place, bool(row["deleted"]), row["changed_at"])
        states[row["doc_id"]][row["seq"]] = state
    return {name: [by_seq[seq] for seq in sorted(by_seq)] for name, by_seq in states.items()}


def passages_of(cut: Cut, doc_ids: Sequence[str]) -> dict[str, list[Row]]:
    """Every passage that was cut from these documents, by document."""
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
    read, wanted = ReadFiles(table, lake.table_uri(table), columns, Range(until=until)), pa.array(doc_ids, pa.string())
    for name in sorted(_files(lake, table, versions)):
        try:
            for batch in read(iter([pa.record_batch({"file": [name]})])):
                yield from batch.filter(pc.is_in(batch["doc_id"], wanted)).to_pylist()
        except OSError as error:  # removed with a version that nothing pins
            log.warning("Passages cut from %s of table %s are not known to stand in their documents: %s", name, table.name, error)


def _files(lake: Lake, table: Table, versions: Iterable[int]) -> set[str]:
    files: set[str] = set()
    for version in sorted(set(versions)):
        try:
            files |= {file.path for file in lake.files(table, version)}
        except LakeError as error:
            log.warning("What was made of a version is not known to stand in its documents: %s", error)
    return files


def state_at(states: Sequence[DocumentState], version: int) -> DocumentState | None:
    """The document as it stood at a version; None if it was not there."""
    found = next((state for state in reversed(states) if state.seq <= version), None)
    return None if found is None or found.deleted else found
