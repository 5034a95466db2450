"""What the lake holds already, as far as ingest has to know it."""

from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS, QUARANTINE
from ragline.runtime.lake import Lake

_SEEN = ("doc_id", "source", "source_id", "content_hash", "metadata_hash")
STAGE = "ingest"
PARSED = ("title", "text", "metadata", "access_labels", "tenant", "uri", "media_type")
Row = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """Documents and quarantined items by ``doc_id``, at the versions the run looked at."""

    documents_version: int | None
    quarantine_version: int | None
    documents: dict[str, Row]
    quarantine: dict[str, Row]
    retry_refused: bool

    def is_refused(self, document: str, content: str, reason: str | None = None) -> str | None:
        """The reason this very content is in quarantine for, unless it is time to try it again."""
        row = self.quarantine.get(document)
        if row is None or self.retry_refused or row["content_hash"] != content or reason not in (None, row["reason"]):
            return None
        return str(row["reason"])


def load_known(lake: Lake, config_fingerprint: str, *, full_refresh: bool) -> Known:
    """Read what is known; a full refresh reads the texts too, to tell which differ.

    Refused items are tried again when the parsers or the sources' configuration changed since the last refusal.
    """
    documents_version, quarantine_version = lake.version(DOCUMENTS), lake.version(QUARANTINE)
    columns = [*_SEEN, *(PARSED if full_refresh else ())]
    documents = lake.read(DOCUMENTS, documents_version, columns=columns).to_pylist()
    quarantine = lake.read(QUARANTINE, quarantine_version, filter=pc.field("stage") == STAGE).to_pylist()
    # Other stages put rows there too; only this one's commits carry its configuration.
    tried_with = next((commit.fingerprint for commit in lake.commits(QUARANTINE) if commit.fingerprint), None)
    return Known(
        documents_version,
        quarantine_version,
        {row["doc_id"]: row for row in documents},
        {row["doc_id"]: row for row in quarantine},
        retry_refused=full_refresh or tried_with != config_fingerprint,
    )
