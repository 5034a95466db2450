"""Who promoted, rolled back or erased what, when, why, and on what evidence: the append-only table ``audit``."""

import getpass
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from ragline.contracts.redaction import redacted
from ragline.contracts.tables import AUDIT
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake

# Actions that change which release serves, or decide that one does not. REDACT puts a build without deleted documents in the
# place of a release, as champion too.
PROMOTE, ROLLBACK, REJECT, REDACT = "promote", "rollback", "reject", "redact"


def running_user() -> str:
    """Who runs this process; a container's user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def audit(
    lake: Lake,
    *,
    action: str,
    subject: str,
    actor: str,
    reason: str,
    run_id: str,
    evidence: Mapping[str, Any] | None = None,
    event_id: str | None = None,
) -> None:
    """Record who did what to which subject, why, and on what evidence. Of one ``event_id`` there is one row, however often."""
    event_id = event_id or uuid.uuid4().hex
    row = {
        "event_id": event_id,
        "action": action,
        "subject": subject,
        "actor": actor,
        "reason": redacted(reason),
        "evidence": redacted(json.dumps(dict(evidence or {}), sort_keys=True, default=str)),
        "run_id": run_id,
        "at": datetime.now(UTC),
        "seq": 0,
    }
    lake.append(AUDIT, pa.Table.from_pylist([row], schema=AUDIT.schema), Commit(event_id, run_id))
