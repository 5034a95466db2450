"""Which queries a release is asked: the pipeline's judgments, or known items of its own corpus."""

import logging
from dataclasses import dataclass
from pathlib import Path

from ragline.contracts.fingerprints import doc_id
from ragline.contracts.tables import DOCUMENTS
from ragline.errors import LakeError
from ragline.evaluate.corpus import Corpus, judged_in
from ragline.evaluate.judgments import read_judgments
from ragline.evaluate.known_item_queries import known_item_queries, read_summaries
from ragline.evaluate.query import Query
from ragline.runtime.run import Run

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Questions:
    """The queries asked of both releases, and how many more there are whose documents one of them lacks."""

    queries: list[Query]
    left_out: int
    masked: bool
    origin: str


def find_questions(run: Run, corpus: Corpus, comparable: frozenset[str], judgments: Path | None) -> Questions:
    """The queries that have a relevant document among the ``comparable`` ones.

    Raises:
        ConfigError: the judgments are not a BEIR folder.
    """
    configured = run.settings.evaluation.judgments
    folder = judgments or (Path(configured) if configured else None)
    if folder is None:
        queries = known_item_queries(corpus, _summaries(run, corpus), comparable, run.settings.evaluation)
        return Questions(queries, 0, masked=True, origin="known items")
    sources = {source.name for source in run.settings.sources} | set(corpus.chunks["source"].unique().to_pylist())

    def documents_of(source_id: str) -> set[str]:
        ids = {doc_id(source, source_id) for source in sources}
        return {corpus.kept_for.get(doc, doc) for doc in ids}

    judged = read_judgments(folder, documents_of)
    asked = {query.query_id for query in judged_in(judged, comparable)}
    queries = [query for query in judged if query.query_id in asked]
    return Questions(queries, len(judged) - len(queries), masked=False, origin=str(folder))


def _summaries(run: Run, corpus: Corpus) -> dict[str, str]:
    """Of the documents as they were when the release was built; as they are now if that version is gone."""
    version = corpus.bundle.manifest.inputs[DOCUMENTS.name]
    columns = ["doc_id", "metadata"]
    try:
        documents = run.lake.read(DOCUMENTS, version, columns)
    except (LakeError, OSError) as error:
        log.warning("Documents version %d is gone, the newest is read instead: %s", version, error)
        version = run.lake.version(DOCUMENTS) or 0
        documents = run.lake.read(DOCUMENTS, None, columns)
    run.read(DOCUMENTS, version, documents.num_rows)
    return {corpus.kept_for.get(doc, doc): text for doc, text in read_summaries(documents).items()}
