"""At which versions tables are read, however old they are, and up to which version everybody has read what was deleted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, PUBLISHED, TABLES, Table
from ragline.lake.commits import CommitInfo
from ragline.lake.kept_releases import kept_releases, pinned_versions
from ragline.lake.lake import Lake
from ragline.lake.publications import RELEASE, last_published

# Preprocess goes on from the rows of these that belong to its last chunks version, not from their newest.
_STATE = (DOCUMENT_STATE, CHUNK_STATE)
_NOTHING = -1


@dataclass(frozen=True)
class ReadPoints:
    """Versions of one table that somebody reads; and the version up to which its deletion markers have been read by all."""

    versions: frozenset[int] = frozenset()
    read_up_to: int = _NOTHING


def read_points(lake: Lake, staged_since: datetime) -> Mapping[str, ReadPoints]:
    """By table: the newest version, the one published last, what these and the kept releases were made from; and how far
    consumers have read.

    Consumers say in the inputs of their commits which version they read. One that has never run will read everything. Work
    that was staged after ``staged_since`` may still be committed, and looks then for what was deleted meanwhile.
    """
    newest = {name: lake.last_commit(table) for name, table in TABLES.items()}
    inputs: dict[str, Mapping[str, int]] = {name: commit.inputs for name, commit in newest.items() if commit}
    versions: defaultdict[str, set[int]] = defaultdict(set)
    for name, commit in newest.items():
        _add(versions, {**commit.inputs, name: commit.version} if commit else {})
    published: dict[str, int] = {}
    for name in TABLES:
        if (last := last_published(lake, name)) is not None:
            published[name] = last.version
            _add(versions, {**last.inputs, name: last.version})
    for name, pinned in pinned_versions(lake).items():
        versions[name] |= pinned
    for table in _STATE:
        versions[table.name] |= set(_state_versions(lake, table, sorted(versions[CHUNKS.name])))
    if releases := kept_releases(lake):
        inputs[RELEASE] = releases[-1].inputs
    found = {}
    for name, table in TABLES.items():
        read_up_to = min(_read_up_to(lake, table, newest, inputs, published), _newest_before(lake, table, staged_since))
        found[name] = ReadPoints(frozenset(versions[name]), read_up_to)
    return found


def _newest_before(lake: Lake, table: Table, moment: datetime) -> int:
    limit = moment.timestamp() * 1000
    return next((entry.version for entry in lake.log(table).newest_first() if entry.at <= limit), _NOTHING)


def _add(versions: defaultdict[str, set[int]], used: Mapping[str, int]) -> None:
    for name, version in used.items():
        versions[name].add(version)


def _read_up_to(
    lake: Lake,
    table: Table,
    newest: Mapping[str, CommitInfo | None],
    inputs: Mapping[str, Mapping[str, int]],
    published: Mapping[str, int],
) -> int:
    commit = newest[table.name]
    if commit is None:
        return _NOTHING
    if table in _STATE:
        chunks = newest[CHUNKS.name]
        return max(_state_versions(lake, table, [chunks.version] if chunks else []), default=_NOTHING)
    read = [commit.version]
    for reader in table.retention.read_by:
        if reader == PUBLISHED.name:
            read.append(published.get(table.name, _NOTHING))
        elif table.name in inputs.get(reader, {}):
            read.append(inputs[reader][table.name])
    return min(read)


def _state_versions(lake: Lake, table: Table, chunks_versions: Sequence[int]) -> list[int]:
    """The versions of a state table that belong to these chunks versions: the newest commit that names each."""
    wanted, found = set(chunks_versions), []
    for commit in lake.commits(table):
        if not wanted:
            break
        if (version := commit.inputs.get(CHUNKS.name)) in wanted:
            wanted.discard(version)
            found.append(commit.version)
    return found
