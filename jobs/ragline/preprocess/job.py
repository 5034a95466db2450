"""preprocess: published ``documents`` → ``chunks``, with ``outcomes`` and ``duplicates`` beside them.

Two passes over the texts of the documents that changed, both in Spark executors: the first finds the hash that exact
copies share, the driver decides on ids and hashes what becomes of each document, the second cleans, cuts and writes.

Three commits, and a run may be killed before, between or after them:

1. ``outcomes`` and 2. ``duplicates`` carry in their inputs the chunks version they belong to, which does not exist yet;
3. ``chunks`` last, which is what consumers see and what "nothing to do" is decided by.

A rerun starts from the state that belongs to the last *chunks* commit (``outcome_state``), not from the newest rows, so
it decides the same again. Rows that a killed run left behind are newer than that state: their documents are decided on
again, too, and so overwritten. Parquet files that were written but not committed are referenced by nobody.
"""

import logging

import pyarrow as pa
import pyarrow.compute as pc
from deltalake.transaction import AddAction

from ragline.contracts.fingerprints import commit_key
from ragline.contracts.tables import CHUNKS, DOCUMENTS, DUPLICATES, OUTCOMES, Table
from ragline.errors import CommitConflict
from ragline.preprocess.bookkeeping import duplicate_rows, outcome_rows
from ragline.preprocess.chunking.encoder_limit import check_encoder_limit
from ragline.preprocess.decision import Decision, decide
from ragline.preprocess.document_files import locate
from ragline.preprocess.outcome_state import DUPLICATE, EMPTY, outcomes_inputs
from ragline.preprocess.plan import Plan, make_plan
from ragline.preprocess.spark_passes import SparkPasses
from ragline.preprocess.spark_tasks import ChunkDocuments, HashDocuments
from ragline.runtime.lake import Commit
from ragline.runtime.part_files import write_part
from ragline.runtime.run import Run
from ragline.runtime.stage_fingerprints import preprocess_fingerprint

log = logging.getLogger(__name__)

_ATTEMPTS = 3


def preprocess(run: Run, *, documents_version: int | None, full_refresh: bool) -> None:
    """Bring the chunks up to a published documents version (default: the last one).

    Raises:
        MissingInput: no such version is published.
        NothingToDo: the chunks are what this run would make.
        ConfigError: the model is missing, or reads fewer tokens than a chunk may have.
        CommitConflict: other runs kept committing to the same tables.
    """
    check_encoder_limit(run.settings)
    fingerprint = preprocess_fingerprint(run.settings)

    def attempt() -> None:
        _carry_out(run, make_plan(run.lake, fingerprint, documents_version, full_refresh=full_refresh))

    for _ in range(_ATTEMPTS - 1):
        try:
            return attempt()
        except CommitConflict as conflict:
            log.warning("%s Looking again.", conflict)
    return attempt()


def _carry_out(run: Run, plan: Plan) -> None:
    settings = run.settings
    passes = SparkPasses(f"ragline preprocess {settings.pipeline}", settings.spark)
    documents_uri = run.lake.table_uri(DOCUMENTS)
    located = locate(run.lake, plan.version, plan.since)
    present = located.filter(pc.invert(located["deleted"]))
    with run.step("hash documents"):
        hashes = passes.hash_documents(HashDocuments(documents_uri), present)
    decision = decide(plan.state, located, hashes, deduplicate=settings.preprocess.deduplicate.exact)
    work = ChunkDocuments(
        documents_uri=documents_uri,
        chunks_uri=run.lake.table_uri(CHUNKS),
        chunks_version=plan.base + 1,
        settings=settings.preprocess,
        model=settings.embedding.model,
        root=settings.root,
    )
    with run.step("chunk documents"):
        parts = passes.chunk_documents(work, _to_chunk(run, plan, decision, present))
    with run.step("commit"):
        _commit_bookkeeping(run, plan, decision, parts)
        _commit_chunks(run, plan, decision, parts)
    _tell(run, plan, decision, hashes, parts)


def _to_chunk(run: Run, plan: Plan, decision: Decision, present: pa.Table) -> pa.Table:
    """Where the documents to chunk are: among those that changed, and older ones that stand for their copies from now on."""
    changed = present.filter(pc.is_in(present["doc_id"], decision.to_chunk))
    older = decision.to_chunk.filter(pc.invert(pc.is_in(decision.to_chunk, changed["doc_id"].combine_chunks())))
    return pa.concat_tables([changed, locate(run.lake, plan.version, doc_ids=older)]) if len(older) else changed


def _commit_bookkeeping(run: Run, plan: Plan, decision: Decision, parts: pa.Table) -> None:
    counts = pa.table({"doc_id": pc.list_flatten(parts["doc_ids"]), "chunk_count": pc.list_flatten(parts["chunk_counts"])})
    _append(run, plan, OUTCOMES, outcome_rows(decision, plan.state, counts))
    recorded = run.lake.read(DUPLICATES, columns=["dropped_id", "kept_id"])
    if (rows := duplicate_rows(decision, recorded)).num_rows:
        _append(run, plan, DUPLICATES, rows)


def _append(run: Run, plan: Plan, table: Table, rows: pa.Table) -> None:
    inputs = outcomes_inputs(plan.version, plan.base + 1)
    base = run.lake.version(table)
    # The table's own version is part of the key: a rerun must write over what a killed run left on top of this state.
    key = commit_key(run.job, table.name, {**inputs, "base": base}, plan.fingerprint)
    version = run.lake.write(table, rows, Commit(key, run.run_id, inputs, plan.fingerprint), base)
    run.wrote(table, version, rows.num_rows)


def _commit_chunks(run: Run, plan: Plan, decision: Decision, parts: pa.Table) -> None:
    seq = plan.base + 1
    files = [
        AddAction(part["path"], part["size"], {}, part["modification_time"], True, part["stats"])
        for part in parts.select(["path", "size", "modification_time", "stats"]).to_pylist()
        if part["path"]
    ]
    if not plan.full:
        markers = [{"doc_id": doc_id, "deleted": True} for doc_id in decision.unchunked.to_pylist()]
        files += write_part(CHUNKS, run.lake.table_uri(CHUNKS), seq, markers)
    inputs = {DOCUMENTS.name: plan.version}
    key = commit_key(run.job, CHUNKS.name, {**inputs, "base": plan.base}, plan.fingerprint)
    commit = Commit(key, run.run_id, inputs, plan.fingerprint)
    version = run.lake.write_files(CHUNKS, files, commit, plan.base, "overwrite" if plan.full else "append")
    run.wrote(CHUNKS, version, _total(parts, "chunk_counts"))


def _tell(run: Run, plan: Plan, decision: Decision, hashes: pa.Table, parts: pa.Table) -> None:
    run.read(DOCUMENTS, plan.version, hashes.num_rows)
    run.count("documents", hashes.num_rows)
    run.count("chunks", _total(parts, "chunk_counts"))
    run.count("tokens", pc.sum(parts["tokens"]).as_py() or 0)
    run.count("redacted_emails", pc.sum(parts["redacted_emails"]).as_py() or 0)
    processed = decision.members.filter(pc.is_in(decision.members["doc_id"], hashes["doc_id"].combine_chunks()))
    outcomes = processed["outcome"].to_pylist()
    for reason, outcome in (("exact_duplicate", DUPLICATE), ("empty", EMPTY)):
        if number := outcomes.count(outcome):
            run.drop(reason, number)
    run.manifest.facts["full"] = plan.full


def _total(parts: pa.Table, column: str) -> int:
    return int(pc.sum(pc.list_flatten(parts[column])).as_py() or 0)
