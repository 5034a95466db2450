"""``ragline retention explain``: every place that still holds something of a document, why, and when it will be gone."""

from collections.abc import Collection, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow.compute as pc

from ragline.config.settings import Settings
from ragline.contracts.fingerprints import doc_id
from ragline.contracts.tables import DOCUMENTS, ITEMS
from ragline.errors import ConfigError
from ragline.lake.kept_releases import expired_releases
from ragline.lake.lake import Lake
from ragline.lake.retention import deleted_documents
from ragline.maintain.held_places import HeldPlace, places_beside_tables, places_in_landing, places_in_tables
from ragline.registry.without_mlflow import registry_is_empty

_SHORTEST_WORD = 6
NOT_LOOKED_AT = (
    "Not looked at: the source itself, copies of git repositories and links of web pages under .ragline (they go after "
    "retention.deleted days), backups, older generations that an object store keeps, servers that hold a release open. What a "
    "model has learned stays."
)


def explain(settings: Settings, asked: str) -> dict[str, Any]:
    """What is still held of a document, as plain data: its number, its state, and the places.

    ``asked`` is its number, its id at its source, or its URI.

    Raises:
        ConfigError: several documents are meant, or none is known of which anything is held.
    """
    lake = Lake(settings.lake.uri)
    named = _named(lake, settings, asked)
    if len(named) > 1:
        raise ConfigError(f"{asked!r} names {len(named)} documents: {', '.join(sorted(named))}. Give one of these numbers.")
    # Nothing but its number may be left of a document; that is a hash of its source and its id there.
    numbers = list(named) or [asked, *_computed(settings, asked)]
    held = {number: _places(lake, settings, number, named.get(number, ())) for number in numbers}
    number = next((number for number in numbers if held[number]), next(iter(named), None))
    if number is None:
        raise ConfigError(
            f"Nothing is held of a document {asked!r}: the lake knows none with that number, id at its source or URI, and "
            "nothing is left of one that was deleted. 'ragline search --json' names documents."
        )
    deleted = {row["doc_id"]: row["deleted_at"] for row in deleted_documents(lake).to_pylist()}.get(number)
    goes = _goes(settings, deleted)
    return {
        "doc_id": number,
        "deleted_at": deleted,
        "places": [{**asdict(place), "goes": place.stays or goes} for place in held[number]],
        "not_looked_at": NOT_LOOKED_AT,
    }


def _named(lake: Lake, settings: Settings, asked: str) -> dict[str, set[str]]:
    """The documents that tables know by this number, id at a source or URI, deleted ones too; with the names that they go by."""
    names: dict[str, set[str]] = {}
    for table, columns in ((DOCUMENTS, ["doc_id", "source_id", "uri"]), (ITEMS, ["doc_id", "source_id"])):
        stored = lake.dataset(table)
        wanted = pc.field("doc_id").isin([asked, *_computed(settings, asked)])
        for name in columns[1:]:
            wanted |= pc.field(name) == asked
        for row in stored.to_table(columns=columns, filter=wanted).to_pylist():
            names.setdefault(row.pop("doc_id"), set()).update(value for value in row.values() if value)
    return names


def _computed(settings: Settings, asked: str) -> list[str]:
    return sorted({doc_id(source.name, asked) for source in settings.sources})


def _places(lake: Lake, settings: Settings, number: str, names: Collection[str]) -> list[HeldPlace]:
    words = [word for word in (number, *sorted(names)) if len(word) >= _SHORTEST_WORD]
    return [
        *places_in_tables(lake, number),
        *_registry_places(lake, settings, number),
        *places_beside_tables(lake, words),
        *places_in_landing(lake, settings.feedback.landing, number),
    ]


def _goes(settings: Settings, deleted_at: datetime | None) -> str:
    days = settings.retention.deleted
    if deleted_at is None:
        return f"it is not deleted (or the deletion is not published yet); {days:g} days after its deletion"
    deadline = deleted_at + timedelta(days=days)
    if deadline <= datetime.now(UTC):
        return "with the next 'ragline maintain'"
    return f"with the first 'ragline maintain' after {deadline:%Y-%m-%d %H:%M} UTC"


def _registry_places(lake: Lake, settings: Settings, document: str) -> Iterator[HeldPlace]:
    if registry_is_empty(settings):
        return
    # Imported here: MLflow takes seconds to import.
    from ragline.registry import releases as registry
    from ragline.registry.evaluation_reports import reports_about
    from ragline.registry.held_documents import held_documents
    from ragline.registry.tracking import connect
    from ragline.registry.trained_on import trained_embedders

    client, gone = connect(settings), expired_releases(lake)
    for release in registry.releases(client, settings):
        if release.version not in gone and held_documents(lake, client, settings, release, {document}):
            why = f"it is {', '.join(release.aliases)}" if release.aliases else "it is among those that retention keeps"
            yield HeldPlace(f"release {release.version}", "its passages, in the bundle and what was fetched of it", why)
    for run in reports_about(client, settings, document):
        yield HeldPlace(f"evaluation {run}", "queries about it in the report", "reports are kept with the evaluation")
    for embedder in trained_embedders(client, settings):
        if embedder.documents is None:
            yield HeldPlace(f"embedder {embedder.embedder}", "nobody knows", "it was trained before this was recorded", "never")
        elif document in embedder.documents:
            yield HeldPlace(f"embedder {embedder.embedder}", "what it learned", "it was trained on passages of it", "never")
