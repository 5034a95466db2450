"""Commit what a run found out: what it remembers first, the chunks last.

Three tables of memory and then ``chunks``, which is what consumers see and what "nothing to do" is decided by. A run may be
killed before, between or after the commits. A rerun starts from the rows that belong to the last *chunks* commit
(``state``), so it decides the same again, and writes over what the killed run left behind.
"""

from typing import TYPE_CHECKING

from deltalake.transaction import AddAction

from ragline.contracts.fingerprints import commit_key
from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS, DUPLICATES, NEAR_PAIRS, Table
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.preprocess.chunk_step import ChunkStep
from ragline.preprocess.document_step import DocumentStep
from ragline.preprocess.outcomes import anti_join, differing, semi_join
from ragline.preprocess.plan import Plan
from ragline.preprocess.state import state_inputs
from ragline.runtime.run import Run
from ragline.spark.stored_rows import stored_rows
from ragline.spark.tuning import broadcast_if_small
from ragline.spark.written_rows import WrittenRows, write_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def commit(run: Run, plan: Plan, documents: DocumentStep, chunks: ChunkStep) -> "DataFrame":
    """Write all of it; returns the outcome rows that were written."""
    outcomes = outcome_rows(documents, chunks).localCheckpoint()
    _append(run, plan, DOCUMENT_STATE, _complete(outcomes, DOCUMENT_STATE))
    _append(run, plan, CHUNK_STATE, _complete(passage_rows(run.lake, plan, documents, chunks), CHUNK_STATE))
    _remember_pairs(run, plan, documents, chunks)
    _record_duplicates(run, plan, documents, chunks)
    _commit_chunks(run, plan, documents, chunks, outcomes)
    return outcomes


def outcome_rows(documents: DocumentStep, chunks: ChunkStep) -> "DataFrame":
    """Of each document that changed, or whose fate did, what became of it; a marker for each that is gone."""
    from pyspark.sql import functions as F

    cut_again = anti_join(semi_join(documents.before.drop("chunk_count"), chunks.documents), documents.decided)
    rows = documents.decided.unionByName(cut_again).join(broadcast_if_small(chunks.counts()), "doc_id", how="left")
    live = rows.fillna(0, ["chunk_count"]).withColumn("deleted", F.lit(False))
    gone = documents.gone.distinct().withColumn("deleted", F.lit(True))
    return live.unionByName(gone, allowMissingColumns=True)


def passage_rows(lake: Lake, plan: Plan, documents: DocumentStep, chunks: ChunkStep) -> "DataFrame":
    """All chunks of the documents that were cut; a marker for each document that may have rows in the table (of this
    configuration, another one, or a run that was killed) and has no chunks now."""
    from pyspark.sql import functions as F

    live = chunks.passages.withColumn("deleted", F.lit(False))
    if plan.full:
        had = stored_rows(live.sparkSession, lake, CHUNK_STATE, ("doc_id",)).filter("not deleted").select("doc_id")
    else:
        had = chunks.lost.unionByName(chunks.documents.select("doc_id")).unionByName(documents.touched.select("doc_id"))
    left = anti_join(had, live).distinct()
    return live.unionByName(left.withColumn("deleted", F.lit(True)), allowMissingColumns=True)


def _remember_pairs(run: Run, plan: Plan, documents: DocumentStep, chunks: ChunkStep) -> None:
    from pyspark.sql import functions as F

    for level, pairs in (("documents", documents.compared), ("chunks", chunks.compared)):
        if pairs is not None:
            words = run.settings.preprocess.deduplicate.shingle_words
            named = pairs.select(F.col("first").alias("left_hash"), F.col("second").alias("right_hash"), "score")
            _append(run, plan, NEAR_PAIRS, _complete(named.withColumn("shingle_words", F.lit(words)), NEAR_PAIRS), level)


def _record_duplicates(run: Run, plan: Plan, documents: DocumentStep, chunks: ChunkStep) -> None:
    from pyspark.sql import functions as F

    spark = documents.decided.sparkSession
    columns = ("kept_id", "level", "doc_id", "method", "score")
    copies = [
        rows.select(F.col(key).alias("dropped_id"), "kept_id", F.lit(level).alias("level"), "doc_id", "method", "score")
        for rows, key, level in ((documents.copies, "doc_id", "document"), (chunks.copies(), "chunk_id", "chunk"))
    ]
    now = copies[0].unionByName(copies[1]).persist()
    recorded = stored_rows(spark, run.lake, DUPLICATES, ("dropped_id", *columns)).filter("not deleted")
    recorded = recorded.select("dropped_id", *columns).persist()
    new = differing(now, recorded, "dropped_id", columns).withColumn("deleted", F.lit(False))
    over = recorded.join(now.select("dropped_id"), "dropped_id", how="left_anti").select("dropped_id", "doc_id")
    rows = new.unionByName(over.withColumn("deleted", F.lit(True)), allowMissingColumns=True)
    _append(run, plan, DUPLICATES, _complete(rows, DUPLICATES))


def _complete(rows: "DataFrame", table: Table) -> "DataFrame":
    """With all columns of the table but ``seq``; those that are missing are null."""
    from pyspark.sql import functions as F

    from ragline.spark.stored_rows import ddl_type

    names = [field for field in table.schema if field.name != "seq"]
    return rows.select(
        *(
            F.col(field.name) if field.name in rows.columns else F.lit(None).cast(ddl_type(field.type)).alias(field.name)
            for field in names
        )
    )


def _append(run: Run, plan: Plan, table: Table, rows: "DataFrame", part: str = "") -> None:
    base = run.lake.ensure(table)
    written = write_rows(rows, table, run.lake.table_uri(table), base + 1)
    inputs = state_inputs(plan.version, plan.base + 1)
    # The table's own version is part of the key: a rerun must write over what a killed run left on top of this state.
    key = commit_key(run.job, table.name + part, {**inputs, "base": base}, plan.fingerprint)
    if written.files or table in (DOCUMENT_STATE, CHUNK_STATE):
        _commit(run, table, written, Commit(key, run.run_id, inputs, plan.fingerprint), base)


def _commit(run: Run, table: Table, written: WrittenRows, commit: Commit, base: int) -> None:
    version = run.lake.write_files(table, written.files, commit, base)
    run.wrote(table, version, written.rows)


def _commit_chunks(run: Run, plan: Plan, documents: DocumentStep, chunks: ChunkStep, outcomes: "DataFrame") -> None:
    seq, uri = plan.base + 1, run.lake.table_uri(CHUNKS)
    files: list[AddAction] = chunks.files(uri, seq)
    if not plan.full:
        files += _markers(documents, outcomes, uri, seq)
    inputs = {DOCUMENTS.name: plan.version}
    key = commit_key(run.job, CHUNKS.name, {**inputs, "base": plan.base}, plan.fingerprint)
    version = run.lake.write_files(
        CHUNKS, files, Commit(key, run.run_id, inputs, plan.fingerprint), plan.base, "overwrite" if plan.full else "append"
    )
    run.wrote(CHUNKS, version, chunks.made[0] - sum(chunks.dropped.values()))


def _markers(documents: DocumentStep, outcomes: "DataFrame", uri: str, seq: int) -> list[AddAction]:
    """Rows that say of documents that had chunks that they have none."""
    had = documents.before.filter("chunk_count > 0").select("doc_id")
    lost = semi_join(had, outcomes.filter("deleted or chunk_count = 0"))
    return write_rows(_complete(lost.selectExpr("doc_id", "true as deleted"), CHUNKS), CHUNKS, uri, seq).files
