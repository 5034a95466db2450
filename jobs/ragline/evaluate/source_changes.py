"""What became of documents at their sources between two versions of the table."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from ragline.contracts.fingerprints import doc_id
from ragline.contracts.tables import DOCUMENTS, QUARANTINE
from ragline.lake.lake import Lake
from ragline.lake.rows_by_key import rows_by_key

Row = Mapping[str, Any]
_COLUMNS = ("doc_id", "source", "source_id", "content_hash", "access_labels", "tenant")
# Between an item and the part inside it, in source ids.
_INSIDE = "!/"
# Tenant and labels.
Access = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class SourceChanges:
    """Some documents as they were and as they are, by doc_id.

    ``texts``: the older and the newer text of those that changed at their source; none where the configuration of ingest changed
    as well, which may be what changed them. ``refused``: ids of what stands in quarantine now.
    """

    before: Mapping[str, Row]
    now: Mapping[str, Row]
    texts: Mapping[str, tuple[str, str]]
    refused: frozenset[str]

    def explains(self, chunk: Row) -> bool:
        """Whether a chunk of the older version is missing because its document was deleted, or was cut shorter and no longer
        holds this passage. A document that is refused now was not deleted at its source."""
        before = self.before.get(chunk["doc_id"])
        if before is None:
            return False
        if chunk["doc_id"] not in self.now:
            return not self.refused & _containers(before)
        if chunk["doc_id"] not in self.texts:
            return False
        old, new = self.texts[chunk["doc_id"]]
        return len(new) < len(old) and old[chunk["span_start"] : chunk["span_end"]] not in new

    def allows(self, chunk: Row) -> bool:
        """Whether a chunk of the newer version has the tenant and the labels of its document."""
        now = self.now.get(chunk["doc_id"])
        return now is not None and access_of(now) == access_of(chunk)


def access_of(row: Row) -> Access:
    """Tenant and labels of a document or a chunk."""
    return row["tenant"] or "", tuple(sorted(set(row["access_labels"] or ())))


def source_changes(lake: Lake, before: int, now: int, doc_ids: Collection[str]) -> SourceChanges:
    """Look some documents up at two versions of ``documents``.

    Raises:
        LakeError: a version is not there any more.
    """
    old, new = (_by_id(lake, version, doc_ids, _COLUMNS) for version in (before, now))
    changed = [name for name in old.keys() & new.keys() if old[name]["content_hash"] != new[name]["content_hash"]]
    texts = {}
    if _configured_alike(lake, before, now):
        was, is_now = (_by_id(lake, version, changed, ("doc_id", "text")) for version in (before, now))
        texts = {name: (was[name]["text"] or "", is_now[name]["text"] or "") for name in changed}
    gone = {outer for name, row in old.items() if name not in new for outer in _containers(row)}
    return SourceChanges(old, new, texts, _refused(lake, gone))


def _by_id(lake: Lake, version: int, doc_ids: Collection[str], columns: tuple[str, ...]) -> dict[str, Row]:
    return {row["doc_id"]: row for row in rows_by_key(lake, DOCUMENTS, version, doc_ids, columns).to_pylist()}


def _configured_alike(lake: Lake, before: int, now: int) -> bool:
    commits = [lake.last_commit(DOCUMENTS, at=version) for version in (before, now)]
    return len({commit.fingerprint if commit is not None else None for commit in commits}) == 1


def _refused(lake: Lake, ids: Collection[str]) -> frozenset[str]:
    if not ids:
        return frozenset()
    rows = lake.read(QUARANTINE, columns=["doc_id"], filter=pc.field("doc_id").isin(sorted(ids)))
    return frozenset(rows["doc_id"].to_pylist())


def _containers(document: Row) -> frozenset[str]:
    """The ids under which a document, or what it is a part of, would stand in quarantine."""
    parts = (document["source_id"] or "").split(_INSIDE)
    outer = {doc_id(document["source"] or "", _INSIDE.join(parts[:depth])) for depth in range(1, len(parts) + 1)}
    return frozenset({document["doc_id"], *outer})
