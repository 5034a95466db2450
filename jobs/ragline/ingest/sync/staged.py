"""What staging one source made, as files that wait to be committed.

The files lie below their tables' folders already, where nobody reads them before a commit names them. The list of them is
``<lake>/_staging/ingest/<name>/<source>.json``.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.path_names import path_name
from ragline.lake.files import list_files, read_bytes, write_bytes

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
        dataset: the source's namespace and name in lineage.
    """

    source: str
    versions: dict[str, int | None]
    files: list[Row]
    change: str
    config: str
    is_nothing: bool
    counts: dict[str, int] = field(default_factory=dict)
    drops: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    dataset: tuple[str, str] | None = None

    def seq(self, table: str) -> int:
        """The table version with which the rows of its files are stamped."""
        return next_version(self.versions.get(table))

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
    """Write the list; one of an earlier try is replaced."""
    write_bytes(
        f"{staging_folder(lake_uri, name)}/{path_name(staged.source, 'The source')}.json", json.dumps(asdict(staged)).encode()
    )


def load(lake_uri: str, name: str) -> list[Staged]:
    """Every list that waits under a name, by source."""
    files = [uri for uri in list_files(staging_folder(lake_uri, name)) if uri.endswith(".json")]
    return [Staged(**json.loads(content)) for uri in files if (content := read_bytes(uri))]
