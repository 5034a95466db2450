"""Look at the sources: tell new, changed, deleted, unchanged and unusable items apart; parse only what has to be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from ragline.contracts.fingerprints import doc_id
from ragline.errors import SourceError
from ragline.ingest.changes import Changes
from ragline.ingest.extract import extract
from ragline.ingest.fetch import Fetched, fetch
from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.known import PARSED, Known, Row
from ragline.ingest.rows import attributes, deletion_row, document_row, refusal_row, resolution_row
from ragline.ingest.source import Source
from ragline.runtime.progress import progress
from ragline.runtime.settings import SourceSettings


@dataclass(frozen=True)
class Scope:
    """What a look covers: which sources, how many items of each, whether what did not change is parsed too.

    ``everything`` is true when no source was left out; only then does a source that is not configured any more lose its
    documents.
    """

    sources: Sequence[tuple[Source[Any], SourceSettings]]
    everything: bool
    sample: int | None = None
    full_refresh: bool = False


def look(scope: Scope, known: Known) -> Changes:
    """Compare every item in scope with what is known.

    A document whose item turned unusable is marked deleted: its last good text is not what the source says any more.
    Only one that is ``unreadable``, so that nobody knows whether it changed, stays as it was.

    Raises:
        SourceError: a source could not be listed to its end, or listed nothing at all. A share that is not mounted
            looks like that, so it must not delete a corpus.
    """
    changes = Changes()
    now = datetime.now(UTC)
    for source, settings in scope.sources:
        with progress(f"reading {source.name}", None) as advance:
            before = len(changes.listed)
            for document, item in _listed(source, scope.sample, changes):
                _Look(changes, known, settings, source.options.max_bytes, now, scope.full_refresh).at(document, item)
                advance()
        if len(changes.listed) == before:
            raise SourceError(f"Source {source.name!r} holds no documents: is it the right place? Nothing was changed.")
    _settle(scope, known, changes, now)
    return changes


def _listed(source: Source[Any], sample: int | None, changes: Changes) -> Iterator[tuple[str, Item]]:
    """Items with their ids; an id that comes again makes an item of its own, to be refused."""
    for number, item in enumerate(islice(source.items(), sample), start=1):
        document = doc_id(source.name, item.source_id)
        if document in changes.listed:
            item = _repeated(item, number)
            document = doc_id(source.name, item.source_id)
        changes.listed.add(document)
        yield document, item


def _repeated(item: Item, number: int) -> Item:
    def refuse() -> Any:
        raise ItemRefused("duplicate_id", f"The id {item.source_id!r} was listed before; the first one was taken.")

    return replace(item, source_id=f"{item.source_id}#{number}", open=refuse)


@dataclass(frozen=True)
class _Look:
    """At one item."""

    changes: Changes
    known: Known
    settings: SourceSettings
    max_bytes: int
    now: datetime
    full_refresh: bool

    def at(self, document: str, item: Item) -> None:
        given = attributes(self.settings.name, item, self.settings.tenant, self.settings.access_labels)
        before = self.known.documents.get(document)
        fetched = Fetched(b"", "")
        try:
            fetched = fetch(item, self.max_bytes)
            if reason := self.known.is_refused(document, fetched.content_hash):
                self._stays_refused(document, reason, before)
            elif before and not self.full_refresh and _same(before, given, fetched):
                self.changes.counts["unchanged"] += 1
            else:
                parsed = extract(item, fetched.content, self.max_bytes)
                self._take_in(document_row(document, given, fetched.content_hash, parsed, self.now), before)
        except ItemRefused as refused:
            self._refuse(document, given, fetched.content_hash, refused, before)

    def _take_in(self, row: Row, before: Row | None) -> None:
        if before and _same(before, row, Fetched(b"", row["content_hash"])) and all(before[n] == row[n] for n in PARSED):
            self.changes.counts["unchanged"] += 1
        else:
            self.changes.write("changed" if before else "new", row)

    def _refuse(self, document: str, given: Row, content: str, refused: ItemRefused, before: Row | None) -> None:
        if self.known.is_refused(document, content, refused.reason) is None:
            row = refusal_row(document, given, content, refused.reason, refused.message, self.now)
            self.changes.quarantine.append(row)
        self._stays_refused(document, refused.reason, before)

    def _stays_refused(self, document: str, reason: str, before: Row | None) -> None:
        self.changes.refuse(document, reason)
        if before and reason != "unreadable":
            self.changes.write("deleted", deletion_row(before, self.now))


def _same(before: Row, given: Row, fetched: Fetched) -> bool:
    return (before["content_hash"], before["metadata_hash"]) == (fetched.content_hash, given["metadata_hash"])


def _settle(scope: Scope, known: Known, changes: Changes, now: datetime) -> None:
    """Mark what was not listed any more as deleted, and what is not refused any more as resolved."""
    looked_at = {source.name for source, _ in scope.sources}

    def is_gone(row: Row) -> bool:
        in_scope = scope.everything or row["source"] in looked_at
        return scope.sample is None and in_scope and row["doc_id"] not in changes.listed

    for row in known.documents.values():
        if is_gone(row):
            changes.write("deleted", deletion_row(row, now))
    for document, row in known.quarantine.items():
        usable = document in changes.listed and document not in changes.refused
        if usable or is_gone(row):
            changes.quarantine.append(resolution_row(row, now))
