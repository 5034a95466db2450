"""Commit what a run decided: the state that later runs start from first, the chunks last.

``chunks`` is what consumers see and what "nothing to do" is decided by, so that it must not be there before the state that
belongs to it. A run may be killed before, between or after the commits. A rerun starts from the rows that belong to the last
*chunks* commit (``state``), so it decides the same again and writes over what the killed run left behind.
"""

from deltalake.transaction import AddAction
from pyspark.sql import DataFrame

from ragline.contracts.fingerprints import commit_key
from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS, DUPLICATES, NEAR_PAIRS, Table
from ragline.lake.commits import Commit
from ragline.preprocess.changed_state import (
    chunk_markers,
    chunk_state_rows,
    document_state_rows,
    duplicate_rows,
    pair_rows,
    with_all_columns,
)
from ragline.preprocess.chunk_decisions import ChunkDecisions
from ragline.preprocess.document_decisions import DocumentDecisions
from ragline.preprocess.plan import Plan
from ragline.preprocess.quarantine import quarantine_slow
from ragline.preprocess.state import state_inputs
from ragline.runtime.run import Run
from ragline.spark.small_frames import checkpointed
from ragline.spark.written_rows import WrittenRows, write_rows


def commit(run: Run, plan: Plan, documents: DocumentDecisions, chunks: ChunkDecisions) -> None:
    """Write all that changed."""
    # The chunks commit needs them too, when the table they go to has already changed.
    document_state = checkpointed(document_state_rows(documents, chunks))
    _append(run, plan, DOCUMENT_STATE, document_state)
    _append(run, plan, CHUNK_STATE, chunk_state_rows(run.lake, documents, chunks, full=plan.full))
    for level, pairs in (("documents", documents.new_pairs), ("chunks", chunks.new_pairs)):
        if pairs is not None:
            _append(run, plan, NEAR_PAIRS, pair_rows(pairs, run.settings.preprocess.deduplicate.shingle_words), level)
    _append(run, plan, DUPLICATES, duplicate_rows(run.lake, documents, chunks))
    quarantine_slow(run, plan, documents, chunks)
    _commit_chunks(run, plan, documents, chunks, document_state)


def _append(run: Run, plan: Plan, table: Table, rows: DataFrame, part: str = "") -> None:
    base = run.lake.ensure(table)
    written = write_rows(with_all_columns(rows, table), table, run.lake.table_uri(table), base + 1)
    inputs = state_inputs(plan.version, plan.base + 1)
    # The table's own version is part of the key: a rerun must write over what a killed run left on top of this state.
    key = commit_key(run.job, table.name + part, {**inputs, "base": base}, plan.fingerprint)
    # State is committed even without rows: its commit says that it belongs to the coming chunks version.
    if written.files or table in (DOCUMENT_STATE, CHUNK_STATE):
        _commit_files(run, table, written, Commit(key, run.run_id, inputs, plan.fingerprint), base)


def _commit_files(run: Run, table: Table, written: WrittenRows, commit: Commit, base: int) -> None:
    version = run.lake.write_files(table, written.files, commit, base)
    run.wrote(table, version, written.rows)


def _commit_chunks(run: Run, plan: Plan, documents: DocumentDecisions, chunks: ChunkDecisions, document_state: DataFrame) -> None:
    seq, uri = plan.base + 1, run.lake.table_uri(CHUNKS)
    files: list[AddAction] = chunks.files(uri, seq)
    if not plan.full:
        markers = with_all_columns(chunk_markers(documents, document_state), CHUNKS)
        files += write_rows(markers, CHUNKS, uri, seq).files
    inputs = {DOCUMENTS.name: plan.version}
    key = commit_key(run.job, CHUNKS.name, {**inputs, "base": plan.base}, plan.fingerprint)
    version = run.lake.write_files(
        CHUNKS, files, Commit(key, run.run_id, inputs, plan.fingerprint), plan.base, "overwrite" if plan.full else "append"
    )
    run.wrote(CHUNKS, version, chunks.totals.chunks - sum(chunks.dropped.values()))
