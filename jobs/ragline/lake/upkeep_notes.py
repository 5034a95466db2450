"""What maintenance notes down in the commits that it makes: which versions a compacted table still holds, and what a vacuum left.

Rows are only appended and carry the version that wrote them. So a compacted table holds an earlier version, too, if it keeps the
rows that counted there: they are those with a ``seq`` up to that version.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from deltalake import CommitProperties

from ragline.lake.commit_log import UPKEEP, LogEntry


@dataclass(frozen=True)
class Compaction:
    """A commit that dropped rows: the versions whose rows it holds all the same."""

    version: int
    holds: frozenset[int]


@dataclass(frozen=True)
class Vacuum:
    """A commit that says which versions kept their files when others were removed, and when that was."""

    version: int
    at: datetime
    kept: frozenset[int]


@dataclass(frozen=True)
class UpkeepNotes:
    """All of a table, oldest first."""

    compactions: Sequence[Compaction] = ()
    vacuums: Sequence[Vacuum] = ()

    def holding(self, version: int) -> int:
        """The version of the table to open for the rows of another one: the newest compacted one that holds it, or itself."""
        later = (made for made in reversed(self.compactions) if version in made.holds)
        return next((made.version for made in later), version)

    def removed_at(self, version: int) -> datetime | None:
        """When a vacuum first did not keep a version, so that its files may be gone; None if every one kept it."""
        return next((vacuum.at for vacuum in self.vacuums if vacuum.version > version and version not in vacuum.kept), None)


def compaction_note(holds: Sequence[int]) -> CommitProperties:
    """Metadata of a commit that compacts."""
    return _properties({"holds": sorted(holds)})


def vacuum_note(kept: Sequence[int]) -> CommitProperties:
    """Metadata of a commit that removes files."""
    return _properties({"kept": sorted(kept)})


def upkeep_notes(entries: Sequence[LogEntry]) -> UpkeepNotes:
    """Read the notes of a table's maintenance commits, given oldest first."""
    compactions, vacuums = [], []
    for entry in entries:
        note = json.loads(entry.upkeep or "{}")
        if "holds" in note:
            compactions.append(Compaction(entry.version, frozenset(note["holds"])))
        if "kept" in note:
            vacuums.append(Vacuum(entry.version, datetime.fromtimestamp(entry.at / 1000, UTC), frozenset(note["kept"])))
    return UpkeepNotes(compactions, vacuums)


def _properties(note: dict[str, list[int]]) -> CommitProperties:
    return CommitProperties(custom_metadata={UPKEEP: json.dumps(note)}, max_commit_retries=0)
