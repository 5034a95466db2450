"""Put documents that took too long into quarantine, and take out those that did not, or are no more."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import functions as F

from ragline.contracts.fingerprints import commit_key
from ragline.contracts.tables import DOCUMENTS, QUARANTINE
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.preprocess.chunk_decisions import ChunkDecisions
from ragline.preprocess.document_decisions import DocumentDecisions
from ragline.preprocess.document_work import TOO_SLOW
from ragline.preprocess.plan import Plan
from ragline.runtime.run import Run

STAGE = "preprocess"

Row = dict[str, Any]


def quarantine_slow(run: Run, plan: Plan, documents: DocumentDecisions, chunks: ChunkDecisions) -> None:
    """Commit what changes in quarantine: nothing, as a rule."""
    slow = {*chunks.too_slow, *_given_up(documents)}
    stored = run.lake.read(QUARANTINE, filter=pc.field("stage") == STAGE).to_pylist()
    ended = _processed(documents, {row["doc_id"] for row in stored} - slow) if stored else set()
    now, seconds = datetime.now(UTC), run.settings.preprocess.seconds_per_document
    rows = [{**row, "seen_at": now, "deleted": True} for row in stored if row["doc_id"] in ended]
    rows += [_row(document, seconds, now) for document in _documents(run.lake, plan.version, slow - _of_others(run.lake, slow))]
    if not rows:
        return
    table = pa.Table.from_pylist(rows, schema=pa.schema([field for field in QUARANTINE.schema if field.name != "seq"]))
    inputs = {DOCUMENTS.name: plan.version, "base": run.lake.version(QUARANTINE)}
    key = commit_key(run.job, QUARANTINE.name, {**inputs, "slow": sorted(slow), "ended": sorted(ended)}, plan.fingerprint)
    run.lake.append(QUARANTINE, table, Commit(key, run.run_id, {DOCUMENTS.name: plan.version}, plan.fingerprint))
    run.count("quarantined", len(slow))


def _given_up(documents: DocumentDecisions) -> set[str]:
    """Ids of the documents that took too long to look at."""
    return {row["doc_id"] for row in documents.decided.filter(F.col("outcome") == TOO_SLOW).select("doc_id").collect()}


def _processed(documents: DocumentDecisions, ids: set[str]) -> set[str]:
    """Which of a few documents were decided on in this run, or are no more."""
    seen = documents.decided.select("doc_id").unionByName(documents.removed.select("doc_id"))
    return {row["doc_id"] for row in seen.filter(F.col("doc_id").isin(sorted(ids))).collect()} if ids else set()


def _documents(lake: Lake, version: int, ids: set[str]) -> Iterable[Row]:
    columns = ["doc_id", "source", "source_id", "uri", "content_hash"]
    return lake.read(DOCUMENTS, version, columns, pc.field("doc_id").isin(sorted(ids))).to_pylist() if ids else []


def _of_others(lake: Lake, ids: set[str]) -> set[str]:
    """Documents in quarantine for another reason (their source cannot be read for a while): that row stays."""
    if not ids:
        return set()
    wanted = pc.field("doc_id").isin(sorted(ids)) & (pc.field("stage") != STAGE)
    return set(lake.read(QUARANTINE, columns=["doc_id", "stage"], filter=wanted)["doc_id"].to_pylist())


def _row(document: Row, seconds: float, now: datetime) -> Row:
    message = (
        f"It took preprocess longer than {seconds:g} seconds (preprocess.seconds_per_document). It has no chunks until it "
        "changes; with more seconds, 'ragline preprocess --full-refresh' tries it again."
    )
    why = {"stage": STAGE, "reason": TOO_SLOW, "message": message, "seen_at": now, "deleted": False}
    return {**{name: document[name] for name in ("doc_id", "source", "source_id", "uri", "content_hash")}, **why}
