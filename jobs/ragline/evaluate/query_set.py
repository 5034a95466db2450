"""Choose the queries of an evaluation: the pipeline's judgments, or known-item queries made of the release's own documents."""

import logging
from dataclasses import dataclass
from pathlib import Path

from ragline.contracts.document_ids import plain_name
from ragline.contracts.fingerprints import doc_id
from ragline.contracts.tables import DOCUMENTS
from ragline.errors import LakeError
from ragline.evaluate.evaluated_release import EvaluatedRelease
from ragline.evaluate.judgments import read_judgments
from ragline.evaluate.known_item_queries import known_item_queries, read_summaries
from ragline.evaluate.query import Query, restrict_to
from ragline.runtime.run import Run

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class QuerySet:
    """The queries that both releases get.

    ``not_in_both``: how many more were judged, but have no relevant document that both releases hold. ``masked``: each query is
    taken out of the text that is searched for it. ``origin``: the judgments' folder, or "known items".
    """

    queries: list[Query]
    not_in_both: int
    masked: bool
    origin: str


def choose_queries(run: Run, release: EvaluatedRelease, shared_documents: frozenset[str], judgments: Path | None) -> QuerySet:
    """The queries that have a relevant document among the ``shared_documents``, which both releases hold.

    Raises:
        ConfigError: the judgments are not a BEIR folder.
    """
    configured = run.settings.evaluation.judgments
    folder = judgments or (Path(configured) if configured else None)
    if folder is None:
        queries = known_item_queries(release, _summaries(run, release), shared_documents, run.settings.evaluation)
        return QuerySet(queries, 0, masked=True, origin="known items")
    judged = _judged_queries(run, release, folder)
    answerable = {query.query_id for query in restrict_to(judged, shared_documents)}
    queries = [query for query in judged if query.query_id in answerable]
    return QuerySet(queries, len(judged) - len(queries), masked=False, origin=str(folder))


def _judged_queries(run: Run, release: EvaluatedRelease, folder: Path) -> list[Query]:
    # Judgments name a document by its id at the source, but not the source: all sources are tried, those that have left the
    # configuration since the release was built too.
    sources = {source.name for source in run.settings.sources} | set(release.chunks["source"].unique().to_pylist())

    def documents_of(source_id: str) -> set[str]:
        # The id of a document, or that of an item as its source spells it.
        ids = {doc_id(source, name) for source in sources for name in (source_id, plain_name(source_id))}
        return {release.originals.get(doc, doc) for doc in ids}

    return read_judgments(folder, documents_of)


def _summaries(run: Run, release: EvaluatedRelease) -> dict[str, str]:
    """Summaries of the documents as they were when the release was built; as they are now if that version is gone."""
    version = release.bundle.manifest.inputs[DOCUMENTS.name]
    columns = ["doc_id", "metadata"]
    try:
        documents = run.lake.read(DOCUMENTS, version, columns)
    except (LakeError, OSError) as error:
        log.warning("Documents version %d is gone, the newest is read instead: %s", version, error)
        version = run.lake.version(DOCUMENTS) or 0
        documents = run.lake.read(DOCUMENTS, None, columns)
    run.read(DOCUMENTS, version, documents.num_rows)
    return {release.originals.get(doc, doc): text for doc, text in read_summaries(documents).items()}
