"""Whether a release is its champion after deletions, moves and changes of access at the sources, and nothing else.

Such a release is not measured: no figure could tell a wanted deletion from a lost document. So it has to be shown of every
passage that is missing why it is, and a release of which that cannot be shown is measured.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import CHUNKS
from ragline.errors import LakeError
from ragline.evaluate.evaluated_release import EvaluatedRelease
from ragline.evaluate.source_changes import Access, access_of, source_changes
from ragline.lake.lake import Lake
from ragline.lake.large_columns import positions, take_rows

Row = Mapping[str, Any]
_COLUMNS = ("chunk_id", "doc_id", "text_hash", "tenant", "access_labels", "span_start", "span_end")


@dataclass(frozen=True)
class ContentChange:
    """How many of the champion's chunks are gone, stand under another document, and have other labels or another tenant."""

    deleted: int
    moved: int
    relabelled: int

    @property
    def verdict(self) -> Literal["deletes_only", "moves_only"]:
        """``deletes_only`` if chunks are only gone."""
        return "moves_only" if self.moved or self.relabelled else "deletes_only"

    @property
    def reason(self) -> str:
        """What it is, as a clause."""
        parts = []
        if self.moved:
            parts.append(f"with {self.moved:,} chunks under other names")
        if self.relabelled:
            parts.append(f"with other labels or tenants on {self.relabelled:,} chunks")
        if self.deleted:
            parts.append(f"without {self.deleted:,} chunks of deleted or shortened documents")
        return f"it is the champion {' and '.join(parts)}"


def content_change(lake: Lake, release: EvaluatedRelease, champion: EvaluatedRelease) -> ContentChange | None:
    """The change from the champion to a release, if all of it was made at the sources and adds no text; else None."""
    if not _made_alike(lake, release, champion):
        return None
    added, missing, before, after = _differences(release.chunks, champion.chunks)
    spare = Counter(row["text_hash"] for row in (*missing, *before))
    new = Counter(row["text_hash"] for row in added)
    if not (missing or after) or new - spare:
        return None
    documents = {row["doc_id"] for row in (*added, *missing, *after)}
    try:
        changes = source_changes(lake, champion.documents_version, release.documents_version, documents)
    except LakeError:  # a version that is not there any more explains nothing
        return None
    if not all(changes.allows(row) for row in (*added, *after)):
        return None
    lost = list(_not_in(missing, new))
    held = _held(release.chunks, {row["text_hash"] for row in lost})
    if not all((row["text_hash"], access_of(row)) in held or changes.explains(row) for row in lost):
        return None
    return ContentChange(len(lost), len(added), len(after))


def _made_alike(lake: Lake, release: EvaluatedRelease, champion: EvaluatedRelease) -> bool:
    """Whether both answer alike, and preprocess made them alike, the release of newer documents."""
    new, old = release.bundle.manifest, champion.bundle.manifest
    if new.spec != old.spec or release.documents_version <= champion.documents_version:
        return False
    try:
        commits = [lake.last_commit(CHUNKS, at=manifest.inputs[CHUNKS.name]) for manifest in (new, old)]
    except LakeError:
        return False
    fingerprints = {None if commit is None else commit.fingerprint for commit in commits}
    return len(fingerprints) == 1 and None not in fingerprints


def _differences(new: pa.Table, old: pa.Table) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    """Rows of ``new`` only and of ``old`` only; those of both whose tenant or labels differ, as they were and as they are."""
    new, old = _compared(new), _compared(old)
    in_old = _places(new, old)
    same = pc.is_valid(in_old)
    kept, before = new.filter(same), take_rows(old, in_old.filter(same))
    changed = pc.not_equal(kept["access"], before["access"])
    missing = old.filter(pc.is_null(_places(old, new)))
    tables = (new.filter(pc.invert(same)), missing, before.filter(changed), kept.filter(changed))
    added, gone, were, are = (table.to_pylist() for table in tables)
    return added, gone, were, are


def _compared(chunks: pa.Table) -> pa.Table:
    """What is compared of a release's chunks; a release may be older than a column."""
    there = chunks.select([name for name in _COLUMNS if name in chunks.column_names])
    for name in _COLUMNS:
        if name not in there.column_names:
            there = there.append_column(name, pa.nulls(there.num_rows, CHUNKS.schema.field(name).type))
    labels = pc.fill_null(pc.binary_join(there["access_labels"], "\n"), "")
    access = pc.binary_join_element_wise(pc.fill_null(there["tenant"], ""), labels, "\n")
    identity = pc.binary_join_element_wise(there["chunk_id"], there["text_hash"], " ")
    return there.append_column("access", access).append_column("identity", identity.cast(pa.large_string()))


def _places(rows: pa.Table, among: pa.Table) -> pa.ChunkedArray:
    return positions(rows["identity"], among=among["identity"])


def _not_in(missing: Iterable[Row], new: Counter[str]) -> Iterable[Row]:
    """Missing chunks whose text did not come back with one that was added."""
    taken = Counter(new)
    for row in missing:
        if taken[row["text_hash"]]:
            taken[row["text_hash"]] -= 1
        else:
            yield row


def _held(chunks: pa.Table, text_hashes: set[str]) -> set[tuple[str, Access]]:
    """Which of these texts a release holds, and for which readers."""
    wanted = pa.array(sorted(text_hashes), pa.string())
    return {
        (row["text_hash"], access_of(row)) for row in _compared(chunks.filter(pc.is_in(chunks["text_hash"], wanted))).to_pylist()
    }
