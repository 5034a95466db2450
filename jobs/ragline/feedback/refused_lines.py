"""Lines of landing files that are no good event: their rows in ``quarantine``."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from ragline.contracts.fingerprints import commit_key, content_hash, doc_id
from ragline.contracts.tables import QUARANTINE
from ragline.feedback.events import BadEvent
from ragline.feedback.lines import Line
from ragline.lake.commits import Commit
from ragline.runtime.run import Run

SOURCE = "feedback"


def refusal(uri: str, line: Line, bad: BadEvent) -> dict[str, Any]:
    """The row of a refused line: in which file, at which line, for what reason. The same line of a file has one row, wherever in
    the file it moves."""
    digest = content_hash(line.content)
    return {
        "doc_id": doc_id(SOURCE, f"{uri}#{digest}"),
        "content_hash": digest,
        "source": SOURCE,
        "source_id": f"{uri.rsplit('/', 1)[-1]}:{line.number}",
        "uri": uri,
        "stage": SOURCE,
        "reason": bad.reason,
        "message": f"line {line.number}: {bad.message}"[:1000],
        "seen_at": datetime.now(UTC),
        "deleted": False,
    }


def commit_refusals(run: Run, refused: Sequence[dict[str, Any]]) -> None:
    """Append the refusals that are not in quarantine yet."""
    rows = {row["doc_id"]: row for row in refused}
    stored = set(run.lake.read(QUARANTINE, columns=["doc_id"])["doc_id"].to_pylist()) if rows else set()
    new = [row for name, row in rows.items() if name not in stored]
    run.count(f"{QUARANTINE.name} rows", len(new))
    if new:
        identity = commit_key(run.job, QUARANTINE.name, sorted(row["doc_id"] for row in new), "")
        schema = pa.schema([column for column in QUARANTINE.schema if column.name != "seq"])
        run.lake.append(QUARANTINE, pa.Table.from_pylist(new, schema=schema), Commit(identity, run.run_id))
