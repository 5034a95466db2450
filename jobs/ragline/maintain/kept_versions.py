"""Versions that somebody may still read, however old they are."""

from ragline.contracts.tables import TABLES
from ragline.lake.lake import Lake
from ragline.lake.publications import RELEASE, publications


def kept_versions(lake: Lake) -> dict[str, list[int]]:
    """By table: the version published last, what that one was made from, and what every release was made from."""
    kept: dict[str, set[int]] = {name: set() for name in TABLES}
    for name in (*TABLES, RELEASE):
        found = publications(lake, name)
        for publication in found if name == RELEASE else found[-1:]:
            for table, version in {name: publication.version, **publication.inputs}.items():
                if table in kept:
                    kept[table].add(version)
    return {name: sorted(versions) for name, versions in kept.items()}
