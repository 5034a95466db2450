"""What one look at the sources found to be written."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ragline.contracts.fingerprints import fingerprint
from ragline.ingest.known import Row

COUNTED = ("new", "changed", "deleted", "unchanged", "quarantined")


@dataclass
class Changes:
    """Rows to append to ``documents`` and ``quarantine``, and counts of what was seen.

    ``listed`` are the ids of all items seen, ``refused`` those of them that are in quarantine now.
    """

    documents: list[Row] = field(default_factory=list)
    quarantine: list[Row] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    drops: dict[str, int] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def write(self, what: str, row: Row) -> None:
        """A row of ``documents``, counted as new, changed or deleted."""
        self.documents.append(row)
        self.counts[what] += 1

    def refuse(self, document: str, reason: str) -> None:
        """An item that is in quarantine, whether or not it was before."""
        self.refused.add(document)
        self.counts["quarantined"] += 1
        self.drops[reason] = self.drops.get(reason, 0) + 1

    def key(self) -> str:
        """A hash of the rows, times and messages aside: two looks that found the same would write the same."""
        return fingerprint([_essence(self.documents), _essence(self.quarantine)])


def _essence(rows: Iterable[Row]) -> list[list[str]]:
    names = ("doc_id", "content_hash", "metadata_hash", "reason", "deleted")
    return sorted([str(row.get(name)) for name in names] for row in rows)
