"""First half of a run: profile the documents that changed, and decide which documents are cut into chunks.

A decision depends on the document itself (its profile) and on all others (copies, boilerplate). An incremental run reads the
texts of the changed documents only and takes the others' profiles from document state; a full run profiles all. Both come to
the same decisions.
"""

from functools import partial

import pyarrow as pa
from pyspark.sql import DataFrame

from ragline.config.preprocess import PreprocessSettings
from ragline.contracts.tables import DOCUMENT_STATE
from ragline.preprocess.boilerplate_blocks import BlockHashes, boilerplate_blocks, changed_blocks, has_any_block
from ragline.preprocess.decisions import DECISION, comparable_texts, decide
from ragline.preprocess.document_decisions import DocumentDecisions
from ragline.preprocess.document_reader import DocumentReader
from ragline.preprocess.duplicates.kept_texts import choose_kept_texts
from ragline.preprocess.duplicates.shingle_documents import ShingleDocuments
from ragline.preprocess.joins import anti_join, changed_rows, semi_join
from ragline.preprocess.profile_documents import PROFILE, ProfileDocuments
from ragline.spark.small_frames import cached, checkpointed

_NO_COPIES = pa.schema([("doc_id", pa.string()), ("kept_id", pa.string()), ("method", pa.string()), ("score", pa.float64())])
_STATE = (*PROFILE, *DECISION, "chunk_count")


def decide_documents(reader: DocumentReader, settings: PreprocessSettings) -> DocumentDecisions:
    """Profile what changed, and decide on all documents as of the plan's version."""
    previous = cached(reader.state.rows(DOCUMENT_STATE, _STATE))
    changed, removed = _changes(reader)
    # The profiles of changed documents are out of date; all others still hold.
    valid = anti_join(previous.select(*PROFILE), changed.select("doc_id").unionByName(removed))
    profiles, boilerplate, reprofiled = _profile(reader, settings, previous, valid, changed)
    changed = changed if reprofiled is None else changed.unionByName(reprofiled)
    changed_ids = changed.select("doc_id").unionByName(removed)
    # A full run starts from nothing, so that it cannot say what changed: every pair of texts is a candidate.
    changed_texts = None if reader.plan.full else semi_join(previous.select(*PROFILE).unionByName(profiles), changed_ids)
    copies, new_pairs = _choose_copies(reader, settings, boilerplate, profiles, changed_texts)
    undecided = semi_join(profiles, changed_ids.unionByName(_changed_copies(copies, previous)))
    decided = checkpointed(decide(undecided, copies))
    return DocumentDecisions(previous, changed, removed, decided, copies, new_pairs, boilerplate)


def _changes(reader: DocumentReader) -> tuple[DataFrame, DataFrame]:
    """The documents to process, with ``deleted`` and their place, and ids of those that are no more."""
    changed = cached(reader.changed_places())
    leftover = reader.state.leftover_documents()
    if leftover is None:
        return changed, changed.filter("deleted").select("doc_id")
    # A killed run wrote newer state of these. Processing them again writes over it, whether or not they changed since.
    leftover = anti_join(leftover, changed)
    changed = cached(changed.unionByName(semi_join(reader.places(), leftover)))
    deleted = changed.filter("deleted").select("doc_id")
    return changed, deleted.unionByName(anti_join(leftover, changed)).distinct()


def _profile(
    reader: DocumentReader, settings: PreprocessSettings, previous: DataFrame, valid: DataFrame, changed: DataFrame
) -> tuple[DataFrame, BlockHashes, DataFrame | None]:
    """The profiles of all documents, the boilerplate of their sources, and the places of unchanged documents that were
    profiled again (None in a full run), because one of their blocks became boilerplate or stopped being it.

    What is boilerplate is known only when all documents are profiled, and profiles depend on it. It seldom changes: the
    changed documents are profiled without the blocks of last time, and what that got wrong is profiled once more.
    """
    earlier = {} if reader.plan.full else boilerplate_blocks(previous, settings.boilerplate)
    present = changed.filter("not deleted")
    fresh = reader.read(present, ProfileDocuments(settings, earlier), "profiling documents")
    profiles = cached(valid.unionByName(fresh))
    boilerplate = boilerplate_blocks(profiles, settings.boilerplate)
    if not (different := changed_blocks(earlier, boilerplate)):
        return profiles, boilerplate, None
    stale = checkpointed(profiles.filter(has_any_block(different)).select("doc_id"))
    places = semi_join(reader.places().filter("not deleted"), stale)
    anew = reader.read(places, ProfileDocuments(settings, boilerplate), "profiling without boilerplate")
    profiles = cached(anti_join(profiles, stale).unionByName(anew))
    return profiles, boilerplate, None if reader.plan.full else anti_join(places, changed)


def _choose_copies(
    reader: DocumentReader,
    settings: PreprocessSettings,
    boilerplate: BlockHashes,
    profiles: DataFrame,
    changed_texts: DataFrame | None,
) -> tuple[DataFrame, DataFrame | None]:
    """All documents that are copies (``doc_id, kept_id, method, score``), and newly computed similarities."""
    copies = settings.deduplicate.documents
    if not copies.exact:
        return reader.spark.createDataFrame(_NO_COPIES.empty_table()), None
    shingles_of = partial(reader.shingles, profiles, work=ShingleDocuments(settings, boilerplate))
    words = settings.deduplicate.shingle_words
    found = choose_kept_texts(comparable_texts(profiles), reader.lake, shingles_of, copies, words, changed_texts)
    return checkpointed(found.copies.withColumnRenamed("id", "doc_id")), found.new_pairs


def _changed_copies(copies: DataFrame, previous: DataFrame) -> DataFrame:
    """Ids of documents that are a copy now and were none, were one and are not, or are one of another original."""
    old = previous.filter("kept_id is not null").select(*copies.columns)
    new = changed_rows(copies, old, "doc_id", ("kept_id", "method", "score"))
    return new.select("doc_id").unionByName(anti_join(old, copies).select("doc_id"))
