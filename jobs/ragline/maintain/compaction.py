"""Write files of a table anew where that pays or a deadline asks for it: without rows that do not count, small ones together."""

from collections.abc import Sequence
from dataclasses import dataclass

from ragline.contracts.tables import Table
from ragline.lake.lake import Lake
from ragline.lake.stored_files import StoredFile, stored_files
from ragline.maintain.counting_rows import FileRows
from ragline.maintain.read_points import ReadPoints
from ragline.maintain.rewrite import rewrite

MANY = 16
SMALL_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Compacted:
    """What a compaction did: so many files replaced, so many rows left out."""

    files: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Terms:
    """When files are written anew: a share of dead rows that is worth it, and the time (milliseconds) before which a file must
    have been written for any dead row in it to be reason enough."""

    dead_share: float
    written_before: int


def compact(lake: Lake, table: Table, base: int, found: Sequence[FileRows], points: ReadPoints, terms: Terms) -> Compacted:
    """Replace files of version ``base`` by one commit.

    Raises:
        CommitConflict: somebody else committed after ``base``.
        LakeError: the lake cannot be read or written.
    """
    chosen = files_to_rewrite(found, terms)
    if not chosen:
        return Compacted()
    keep_needed_markers(found, chosen)
    files = [found[number] for number in sorted(chosen)]
    dead = sum(file.dead for file in files)
    if not dead and not any(file.redact.any() for file in files) and len(files) < MANY:
        return Compacted()
    added = rewrite(table, lake.table_uri(table), files)
    lake.replace_files(table, [file.file for file in files], added, versions_held(lake, table, base, points), base)
    return Compacted(len(files), dead)


def files_to_rewrite(found: Sequence[FileRows], terms: Terms) -> set[int]:
    """The numbers of the files to write anew."""
    chosen = {number for number, file in enumerate(found) if _pays(file, terms)}
    small = {number for number, file in enumerate(found) if file.file.size < SMALL_BYTES}
    return chosen | (small if len(small) >= MANY else set())


def _pays(file: FileRows, terms: Terms) -> bool:
    if file.must_go:
        return True
    if not file.dead:
        return False
    return file.dead >= terms.dead_share * len(file.count) or file.file.written_at <= terms.written_before


def keep_needed_markers(found: Sequence[FileRows], chosen: set[int]) -> None:
    """Keep the deletion markers whose older rows stand in files that are not written anew: those rows would count again."""
    for file in found:
        for row, others in file.needs.items():
            if not others <= chosen:
                file.count[row] = True


def versions_held(lake: Lake, table: Table, base: int, points: ReadPoints) -> list[int]:
    """Of the versions that are read, those whose rows are all in version ``base``, and ``base`` itself.

    An overwriting commit leaves out what was there before it.
    """
    there = _paths(lake, table, base)
    notes = lake.upkeep_notes(table)
    earlier = [version for version in points.versions if version < base]
    return [base, *(version for version in earlier if _paths(lake, table, notes.holding(version)) <= there)]


def _paths(lake: Lake, table: Table, version: int) -> set[str]:
    delta = lake.snapshot(table, version)
    files: list[StoredFile] = [] if delta is None else stored_files(delta)
    return {file.path for file in files}
