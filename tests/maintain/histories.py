"""A lake with random histories of documents, their consumer and their releases, and what its readers should see."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ragline.config.settings import Settings
from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import CHUNKS, DOCUMENTS, TOMBSTONES
from ragline.lake.commits import Commit
from ragline.lake.kept_releases import expire, kept_releases
from ragline.lake.lake import Lake
from ragline.lake.publications import RELEASE, Publication, last_published, publish
from ragline.maintain.job import maintain
from ragline.runtime.run import Run

LONG_AGO = datetime.now(UTC) - timedelta(days=400)


def settings_of(folder: str, **retention: float) -> Settings:
    """The smallest configuration, with these settings of retention."""
    return Settings.model_validate(
        {
            "pipeline": "handbook",
            "lake": {"uri": folder},
            "sources": [{"name": "handbook", "type": "folder", "uri": "corpus"}],
            "retention": retention,
        }
    )


def run_maintain(lake: Lake, retention_hours: int = 0, **retention: float) -> RunManifest:
    """Maintain a lake without a project around it."""
    manifest = RunManifest(job="maintain", pipeline="handbook", run_id="r", started_at="")
    run = Run("maintain", "r", settings_of(lake.uri, **retention), lake, manifest, None)  # type: ignore[arg-type]
    maintain(run, retention_hours=retention_hours)
    return manifest


class History:
    """What was done to a lake, and by a plain dictionary for each version what its readers should see."""

    def __init__(self, folder: Path | str) -> None:
        self.lake, self.lake_folder = Lake(str(folder)), folder
        self.documents: dict[int, dict[str, str]] = {}  # by version: text by document
        self.changed: dict[int, dict[str, str | None]] = {}  # by version: what its commit changed, None for deletions
        self.number = 0

    def write(self, changes: dict[str, bool]) -> None:
        """One commit: of each document, whether it is there (with a new text) or deleted."""
        self.number += 1
        base = self.lake.version(DOCUMENTS)
        before = self.documents[max(self.documents)] if self.documents else {}
        now = {name: f"words {self.number} of {name}" if there else None for name, there in changes.items()}
        now = {name: text for name, text in now.items() if text is not None or name in before}
        rows = [
            {
                "doc_id": name,
                "source_id": f"{name}.md",
                "text": text,
                "deleted": text is None,
                "deleted_at": LONG_AGO if text is None else None,
            }
            for name, text in now.items()
        ]
        table = pa.Table.from_pylist(rows, schema=DOCUMENTS.schema)
        version = self.lake.write(DOCUMENTS, table, Commit(f"documents {self.number}", "r"), base)
        self.changed[version] = now
        self.documents[version] = {name: text for name, text in {**before, **now}.items() if text is not None}

    def publish(self) -> None:
        """The newest documents count, and so do their deletions."""
        if (commit := self.lake.last_commit(DOCUMENTS)) is not None:
            last = last_published(self.lake, DOCUMENTS.name)
            publish(self.lake, Publication(DOCUMENTS.name, commit.version, f"r{self.number}"), seen=last)

    def consume(self, overwrite: bool) -> None:
        """What preprocess does: read what changed since its last run, or all."""
        published = last_published(self.lake, DOCUMENTS.name)
        if published is None:
            return
        self.number += 1
        last = self.lake.last_commit(CHUNKS)
        base = self.lake.version(CHUNKS)
        since = None if last is None or overwrite else last.inputs[DOCUMENTS.name]
        seen = self.seen(published.version, since)
        assert since is None or seen == self.expected_changes(since, published.version)
        rows = [
            {"chunk_id": f"{name}/{self.number}", "doc_id": name, "text": text, "text_hash": text, "deleted": text is None}
            for name, text in seen.items()
            if text is not None or since is not None
        ]
        table = pa.Table.from_pylist(rows, schema=CHUNKS.schema)
        commit = Commit(f"chunks {self.number}", "r", {DOCUMENTS.name: published.version})
        version = self.lake.write(CHUNKS, table, commit, base, "overwrite" if overwrite else "append")
        publish(
            self.lake,
            Publication(CHUNKS.name, version, f"r{self.number}", inputs=commit.inputs),
            seen=last_published(self.lake, CHUNKS.name),
        )

    def release(self) -> None:
        """A release of what is published."""
        chunks = last_published(self.lake, CHUNKS.name)
        if chunks is not None:
            self.number += 1
            inputs = {DOCUMENTS.name: chunks.inputs[DOCUMENTS.name], CHUNKS.name: chunks.version}
            made = Publication(RELEASE, self.number, f"r{self.number}", inputs=inputs)
            publish(self.lake, made, seen=last_published(self.lake, RELEASE))

    def expire(self) -> bool:
        """The oldest release expires; whether there was one."""
        if kept := kept_releases(self.lake):
            expire(self.lake, kept[0].version, reason="test", run_id="r")
        return bool(kept)

    def seen(self, version: int, since: int | None) -> dict[str, str | None]:
        """By document its text, or None for a deletion, as an incremental reader finds them."""
        rows = self.lake.read(DOCUMENTS, version, ["doc_id", "text", "deleted"], since=since, with_deleted=True).to_pylist()
        return {row["doc_id"]: None if row["deleted"] else row["text"] for row in rows}

    def expected_changes(self, since: int, version: int) -> dict[str, str | None]:
        """The same by the dictionaries."""
        found: dict[str, str | None] = {}
        for number in range(since + 1, version + 1):
            found |= self.changed.get(number, {})
        return found

    def read_versions(self) -> list[int]:
        """The versions of documents that somebody reads: the newest, the published, those of releases and of the consumer."""
        versions = {max(self.documents)} if self.documents else set()
        if (published := last_published(self.lake, DOCUMENTS.name)) is not None:
            versions.add(published.version)
        versions |= {release.inputs[DOCUMENTS.name] for release in kept_releases(self.lake)}
        if (consumed := self.lake.last_commit(CHUNKS)) is not None:
            versions.add(consumed.inputs[DOCUMENTS.name])
        return sorted(versions)


def stored_text(folder: Path) -> str:
    """All that stands in the files below a folder: of Parquet files the values and the statistics, of others the bytes."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.suffix == ".parquet":
            stored = pq.ParquetFile(file)
            found.append(repr(stored.read().to_pylist()))
            found.append(repr(stored.metadata.to_dict()))
        elif file.is_file():
            content = file.read_bytes()
            found.append((gzip.decompress(content) if file.suffix == ".gz" else content).decode(errors="replace"))
    return "\n".join(found)


def tombstone(lake: Lake, name: str, version: int) -> None:
    """Record a deletion."""
    row = {"doc_id": name, "documents_version": version, "reason": "deleted", "deleted_at": LONG_AGO, "seq": 0}
    table = pa.Table.from_pylist([row], schema=TOMBSTONES.schema)
    lake.append(TOMBSTONES, table, Commit(json.dumps([name, version]), "r"))
