"""What staging one source made, as files that wait to be committed.

The files lie below their tables' folders already, where nobody reads them before a commit names them. The list of them is
``<lake>/_staging/ingest/<name>/<source>.json``.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from typing import Any

import pyarrow as pa
from deltalake.transaction import AddAction

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.path_names import path_name
from ragline.contracts.tables import Table
from ragline.errors import LakeError
from ragline.ingest.sync.effects import EFFECTS, counted
from ragline.lake.file_rows import file_action
from ragline.lake.files import list_files, read_bytes, remove_file, write_bytes

Row = dict[str, Any]


@dataclass(frozen=True)
class Staged:
    """The files of one source.

    Attributes:
        versions: of the tables that it was made from (None: there was no such table).
        files: rows of ``lake.file_rows``, with the name of the ``table`` that each belongs to.
        change: a hash of all that would be written.
        config: the fingerprint of the configuration.
        is_nothing: documents and quarantine stay as they are; there may be files of ``items`` all the same.
        unchanged, refusals: documents, and refusals by reason, that no effect touches.
        dataset: the source's namespace and name in lineage.
        listed_at: when its listing began, in ISO form; None for a sample, and where nothing was listed.
        effects: ``EFFECTS``.
        is_removed: the source is not configured any more, and all that came of it goes.
        outdated: how many items were left out when it was committed, because the lake had newer ones.
    """

    source: str
    versions: dict[str, int | None]
    files: list[Row]
    change: str
    config: str
    is_nothing: bool
    unchanged: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    dataset: tuple[str, str] | None = None
    listed_at: str | None = None
    effects: pa.Table = field(default_factory=EFFECTS.empty_table)
    is_removed: bool = False
    outdated: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many documents are new, changed, …: the names of ``COUNTED``."""
        return counted(self.effects, self.unchanged, self.refusals)[0]

    @property
    def drops(self) -> dict[str, int]:
        """Refusals by reason."""
        return counted(self.effects, self.unchanged, self.refusals)[1]

    def seq(self, table: str) -> int:
        """The table version with which the rows of its files are stamped."""
        return next_version(self.versions.get(table))

    def actions(self, table: Table) -> list[AddAction]:
        """What commits the files of a table."""
        return [file_action(row) for row in self.files if row["table"] == table.name]

    def key(self) -> str:
        """Part of the commit key: two runs from the same versions that found the same write the same, and only one commits."""
        return fingerprint([self.source, self.versions, self.change])


def next_version(version: int | None) -> int:
    """A table that is not there yet is created empty, as version 0."""
    return (version or 0) + 1


def staging_folder(lake_uri: str, name: str) -> str:
    """Where the lists, and what was read while listing, wait.

    Raises:
        ConfigError: the name cannot be part of a path.
    """
    return f"{lake_uri}/_staging/ingest/{path_name(name, 'The name of staged work')}"


def save(lake_uri: str, name: str, staged: Staged) -> None:
    """Write the list, and the effects beside it; those of an earlier try are replaced."""
    place = f"{staging_folder(lake_uri, name)}/{path_name(staged.source, 'The source')}"
    described = {entry.name: getattr(staged, entry.name) for entry in fields(staged) if entry.name != "effects"}
    with pa.BufferOutputStream() as sink:
        with pa.ipc.new_file(sink, EFFECTS) as file:
            file.write_table(staged.effects)
        write_bytes(f"{place}.arrow", sink.getvalue().to_pybytes())
    write_bytes(f"{place}.json", json.dumps(described).encode())


def discard(lake_uri: str, name: str, sources: Collection[str]) -> None:
    """Remove the lists of these sources: they are committed."""
    for source in sources:
        for ending in ("json", "arrow"):
            remove_file(f"{staging_folder(lake_uri, name)}/{source}.{ending}")


def load(lake_uri: str, name: str) -> list[Staged]:
    """Every list that waits under a name, by source."""
    files = [uri for uri in list_files(staging_folder(lake_uri, name)) if uri.endswith(".json")]
    return [_loaded(uri, content) for uri in files if (content := read_bytes(uri))]


def _loaded(uri: str, content: bytes) -> Staged:
    effects = read_bytes(f"{uri.removesuffix('.json')}.arrow")
    if effects is None:
        raise LakeError(f"Beside {uri} there is no list of what it does to each document: stage it again.")
    return Staged(**json.loads(content), effects=pa.ipc.open_file(effects).read_all())
