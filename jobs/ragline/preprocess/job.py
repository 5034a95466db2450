"""preprocess: published ``documents`` → ``chunks``, with what it remembers of them beside.

Two passes over the texts of the documents that changed, both in Spark executors. The first makes a profile of each
document; from all profiles, old and new, it is decided which documents stay. The second cleans, protects and cuts those,
and from all chunks it is decided which of equal ones stays. What the driver sees are counts and names of files.
"""

import logging

from ragline.config.fingerprints import preprocess_fingerprint
from ragline.contracts.tables import CHUNKS, DOCUMENTS
from ragline.errors import CommitConflict
from ragline.preprocess.chunk_pass import ChunkDocuments
from ragline.preprocess.chunk_step import ChunkStep, cut_documents
from ragline.preprocess.chunking.encoder_limit import check_encoder_limit
from ragline.preprocess.commit import commit
from ragline.preprocess.document_reader import DocumentReader
from ragline.preprocess.document_step import DocumentStep, look_at_documents
from ragline.preprocess.outcomes import semi_join
from ragline.preprocess.plan import Plan, make_plan
from ragline.preprocess.protection.protector import unavailable_kinds
from ragline.preprocess.state import CHUNKED
from ragline.runtime.run import Run
from ragline.spark.session import spark_session

log = logging.getLogger(__name__)

_ATTEMPTS = 3
# What copies are counted as, by how they were found.
_REASONS = {"exact": "exact_duplicate", "minhash": "near_duplicate"}


def preprocess(run: Run, *, documents_version: int | None, full_refresh: bool) -> None:
    """Bring the chunks up to a published documents version (default: the last one).

    Raises:
        MissingInput: no such version is published.
        NothingToDo: the chunks are what this run would make.
        ConfigError: the model is missing, or reads fewer tokens than a chunk may have.
        CommitConflict: other runs kept committing to the same tables.
    """
    check_encoder_limit(run.settings)
    _say_what_is_not_looked_for(run)
    fingerprint = preprocess_fingerprint(run.settings)

    def attempt() -> None:
        _carry_out(run, make_plan(run.lake, fingerprint, documents_version, full_refresh=full_refresh))

    for _ in range(_ATTEMPTS - 1):
        try:
            return attempt()
        except CommitConflict as conflict:
            log.warning("%s Looking again.", conflict)
    return attempt()


def _say_what_is_not_looked_for(run: Run) -> None:
    if kinds := unavailable_kinds(run.settings.preprocess.personal_data):
        run.manifest.facts["personal_data_not_looked_for"] = list(kinds)
        log.warning("Personal data: %s not looked for, no model for it is installed.", " and ".join(kinds))


def _carry_out(run: Run, plan: Plan) -> None:
    settings = run.settings
    with run.step("start spark"):
        spark = spark_session(f"ragline preprocess {settings.pipeline}", settings.spark)
    reader = DocumentReader(spark, run.lake, plan)
    with run.step("look at documents"):
        documents = look_at_documents(reader, settings.preprocess)
    work = ChunkDocuments(
        chunks_uri=run.lake.table_uri(CHUNKS),
        chunks_version=plan.base + 1,
        settings=settings.preprocess,
        model=settings.embedding.model,
        root=settings.root,
        boilerplate=documents.boilerplate,
    )
    with run.step("cut documents"):
        chunks = cut_documents(reader, documents, work)
    with run.step("commit"):
        commit(run, plan, documents, chunks)
    _tell(run, plan, documents, chunks)
    spark.catalog.clearCache()


def _tell(run: Run, plan: Plan, documents: DocumentStep, chunks: ChunkStep) -> None:
    from pyspark.sql import functions as F

    processed = semi_join(documents.decided, documents.present)
    fates = processed.groupBy("outcome", "method").count().collect()
    read = sum(fate["count"] for fate in fates)
    run.read(DOCUMENTS, plan.version, read)
    run.count("documents", read)
    made, tokens, any_found = chunks.made
    run.count("chunks", made - sum(chunks.dropped.values()))
    run.count("tokens", tokens)
    for fate in fates:
        if fate["outcome"] != CHUNKED:
            run.drop(_REASONS.get(fate["method"], fate["outcome"]), fate["count"])
    for method, number in chunks.dropped.items():
        run.drop(f"{_REASONS[method]}_chunk", number)
    if any_found:
        found = chunks.chunked.select(F.explode(F.arrays_zip("found_kinds", "found_counts")).alias("found"))
        for kind, number in found.groupBy("found.found_kinds").agg(F.sum("found.found_counts")).collect():
            run.count(f"personal_data_{kind}", number)
    run.manifest.facts["full"] = plan.full
