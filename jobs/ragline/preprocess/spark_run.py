"""Carry out a plan in Spark.

Two passes over the texts of the documents that changed, both in executors. The first makes a profile of each document; from
all profiles, old and new, it is decided which documents are kept. The second cleans, protects and cuts those, and from all
chunks it is decided which of equal ones is kept. What the driver sees are counts and names of files.
"""

from pyspark.sql import functions as F

from ragline.contracts.tables import CHUNKS, DOCUMENTS
from ragline.preprocess.chunk_decisions import ChunkDecisions
from ragline.preprocess.chunk_step import cut_and_decide
from ragline.preprocess.commit import commit
from ragline.preprocess.cut_documents import CutDocuments
from ragline.preprocess.decisions import CHUNKED
from ragline.preprocess.document_decisions import DocumentDecisions
from ragline.preprocess.document_reader import DocumentReader
from ragline.preprocess.document_step import decide_documents
from ragline.preprocess.document_work import TOO_SLOW
from ragline.preprocess.joins import semi_join
from ragline.preprocess.plan import Plan
from ragline.runtime.run import Run
from ragline.spark.session import spark_session

# The reasons that dropped copies are counted under, by the method that found them.
_REASONS = {"exact": "exact_duplicate", "minhash": "near_duplicate"}


def carry_out(run: Run, plan: Plan) -> None:
    """Bring the chunks to the plan's documents version, and say in the run's manifest what was done."""
    settings = run.settings
    with run.step("start spark"):
        spark = spark_session(f"ragline preprocess {settings.pipeline}", settings.spark)
    reader = DocumentReader(spark, run.lake, plan)
    reader.tune(run)
    with run.step("decide on documents"):
        documents = decide_documents(reader, settings.preprocess)
    work = CutDocuments(
        chunks_uri=run.lake.table_uri(CHUNKS),
        chunks_version=plan.base + 1,
        settings=settings.preprocess,
        model=settings.embedding.model,
        root=settings.root,
        boilerplate=documents.boilerplate,
    )
    with run.step("cut documents"):
        chunks = cut_and_decide(reader, documents, work)
    with run.step("commit"):
        commit(run, plan, documents, chunks)
    _report(run, plan, documents, chunks)
    spark.catalog.clearCache()


def _report(run: Run, plan: Plan, documents: DocumentDecisions, chunks: ChunkDecisions) -> None:
    """Count in the manifest what was read, made and dropped."""
    processed = semi_join(documents.decided, documents.present)
    decisions = processed.groupBy("outcome", "method").count().collect()
    read = sum(decision["count"] for decision in decisions)
    run.read(DOCUMENTS, plan.version, read)
    run.count("documents", read)
    run.count("chunks", chunks.totals.chunks - sum(chunks.dropped.values()))
    run.count("tokens", chunks.totals.tokens)
    for decision in decisions:
        if decision["outcome"] != CHUNKED:
            run.drop(_REASONS.get(decision["method"], decision["outcome"]), decision["count"])
    if chunks.totals.too_slow:
        run.drop(TOO_SLOW, chunks.totals.too_slow)
    for method, number in chunks.dropped.items():
        run.drop(f"{_REASONS[method]}_chunk", number)
    if chunks.totals.any_personal_data:
        found = chunks.cut.select(F.explode(F.arrays_zip("found_kinds", "found_counts")).alias("found"))
        for kind, number in found.groupBy("found.found_kinds").agg(F.sum("found.found_counts")).collect():
            run.count(f"personal_data_{kind}", number)
    run.manifest.facts["full"] = plan.full
