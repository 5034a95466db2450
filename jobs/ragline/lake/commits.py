"""Commits of Delta tables: what they are made from, so that each is made once, and what delta-rs raises on the way."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from deltalake import CommitProperties, PostCommitHookProperties
from deltalake.exceptions import CommitFailedError, DeltaError

from ragline.contracts.tables import Table, statistics_columns
from ragline.errors import CommitConflict, LakeError
from ragline.lake.commit_log import JOB, LogEntry

STATISTICS_PROPERTY = "delta.dataSkippingStatsColumns"
# The log is the lake's memory: commit keys and published versions older than Delta's thirty days must stay readable.
KEEP_LOG = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)


@dataclass(frozen=True)
class Commit:
    """What a commit is made from. Stands in the commit's metadata, so that it is made once."""

    key: str
    run_id: str
    inputs: Mapping[str, int] = field(default_factory=dict)
    fingerprint: str = ""


@dataclass(frozen=True)
class CommitInfo:
    """A commit as the table's log tells it."""

    version: int
    key: str
    run_id: str
    inputs: Mapping[str, int]
    fingerprint: str


def commit_properties(commit: Commit) -> CommitProperties:
    """What is written into a Delta commit's metadata."""
    payload = {
        "key": commit.key,
        "run_id": commit.run_id,
        "inputs": dict(commit.inputs),
        "fingerprint": commit.fingerprint,
    }
    return CommitProperties(custom_metadata={JOB: json.dumps(payload, sort_keys=True)}, max_commit_retries=0)


def commit_info(entry: LogEntry) -> CommitInfo | None:
    """A commit out of a table's log; None if Ragline's jobs did not make it."""
    if entry.job is None:
        return None
    payload = json.loads(entry.job)
    return CommitInfo(entry.version, payload["key"], payload["run_id"], payload["inputs"], payload["fingerprint"])


def table_properties(table: Table) -> dict[str, str | None]:
    """What a table says of itself in its log: its statistics are of ids and numbers only, because the log outlives content."""
    return {STATISTICS_PROPERTY: ",".join(statistics_columns(table))}


@contextmanager
def commit_errors(table: Table, uri: str) -> Iterator[None]:
    """Translate what delta-rs raises on a commit, once, here."""
    try:
        yield
    except (CommitFailedError, DeltaError) as error:
        if isinstance(error, CommitFailedError) or "already exists" in str(error):
            raise CommitConflict(f"Another run committed to {table.name} in {uri} first.") from error
        raise LakeError(f"Cannot write table {table.name} in {uri}: {error}") from error
    except OSError as error:
        raise LakeError(f"Cannot write table {table.name} in {uri}: {error}") from error
