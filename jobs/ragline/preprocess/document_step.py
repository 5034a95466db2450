"""First half of a run: which documents are chunked, by what they are and by what the others are."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from ragline.config.preprocess import PreprocessSettings
from ragline.contracts.tables import DOCUMENT_STATE
from ragline.preprocess.document_reader import DocumentReader
from ragline.preprocess.duplicates.originals import choose_originals
from ragline.preprocess.duplicates.shingle_documents import ShingleDocuments
from ragline.preprocess.outcomes import DECISION, anti_join, candidates, decide, differing, semi_join
from ragline.preprocess.profile import PROFILE, ProfileDocuments
from ragline.preprocess.shared_blocks import Marks, difference, has_any, shared_blocks
from ragline.preprocess.state import CHUNKED

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_NO_COPIES = pa.schema([("doc_id", pa.string()), ("kept_id", pa.string()), ("method", pa.string()), ("score", pa.float64())])
STATE = (*PROFILE, *DECISION, "chunk_count")


@dataclass(frozen=True)
class DocumentStep:
    """What the first half found out. All frames but ``compared`` have a ``doc_id``.

    ``before``: the outcomes that counted so far. ``touched``: documents that changed, with ``deleted`` and their place.
    ``gone``: those that are no more. ``decided``: profile and decision of the touched ones that are there, and of others whose
    fate is another now. ``copies``: all documents that are left out as copies, with ``kept_id, method, score``.
    """

    before: "DataFrame"
    touched: "DataFrame"
    gone: "DataFrame"
    decided: "DataFrame"
    copies: "DataFrame"
    compared: "DataFrame | None"
    boilerplate: Marks

    @property
    def present(self) -> "DataFrame":
        """The touched documents that are there."""
        from pyspark.sql import functions as F

        return self.touched.filter(~F.col("deleted"))

    def to_chunk(self) -> "DataFrame":
        """Ids of the documents whose chunks are made: touched ones, and others that stand for their copies from now on."""
        from pyspark.sql import functions as F

        chunked = self.decided.filter(F.col("outcome") == CHUNKED).select("doc_id")
        return anti_join(chunked, anti_join(semi_join(self.chunked_before(), chunked), self.touched))

    def not_chunked_any_more(self) -> "DataFrame":
        """Ids of documents that were chunked and are not now, or are gone."""
        from pyspark.sql import functions as F

        left_out = self.decided.filter(F.col("outcome") != CHUNKED).select("doc_id")
        return semi_join(self.chunked_before(), left_out.unionByName(self.gone))

    def chunked_before(self) -> "DataFrame":
        """Ids of the documents that had been chunked."""
        from pyspark.sql import functions as F

        return self.before.filter(F.col("outcome") == CHUNKED).select("doc_id")


def look_at_documents(reader: DocumentReader, settings: PreprocessSettings) -> DocumentStep:
    """Profile what changed and decide on all documents, as of the plan's version."""
    reader.tune()
    state = reader.plan.state
    before = state.rows(reader.spark, reader.lake, DOCUMENT_STATE, STATE).persist()
    touched = changed = reader.changed_places().persist()
    gone = changed.filter("deleted").select("doc_id")
    if state.has_stray(reader.lake):
        stray = anti_join(state.stray(reader.spark, reader.lake), changed)
        touched = changed.unionByName(semi_join(reader.places(), stray)).persist()
        gone = touched.filter("deleted").select("doc_id").unionByName(anti_join(stray, touched)).distinct()
    known = anti_join(before.select(*PROFILE), touched.select("doc_id").unionByName(gone))
    profiles, boilerplate, again = _profiled(reader, settings, before, known, touched)
    touched = touched if again is None else touched.unionByName(again)
    changed = touched.select("doc_id").unionByName(gone)
    stirred = None if reader.plan.full else semi_join(before.select(*PROFILE).unionByName(profiles), changed)
    copies, compared = _copies(reader, settings, boilerplate, profiles, stirred)
    decided = decide(semi_join(profiles, changed.unionByName(_other_fates(copies, before))), copies).localCheckpoint()
    return DocumentStep(before, touched, gone, decided, copies, compared, boilerplate)


def _profiled(
    reader: DocumentReader, settings: PreprocessSettings, before: "DataFrame", known: "DataFrame", touched: "DataFrame"
) -> "tuple[DataFrame, Marks, DataFrame | None]":
    """The profiles of all documents, the boilerplate of their sources, and the places of documents that were not touched
    and are profiled again, because one of their blocks became boilerplate or stopped being it."""
    earlier = {} if reader.plan.full else shared_blocks(before, settings.boilerplate)
    present = touched.filter("not deleted")
    fresh = reader.read(present, ProfileDocuments(settings, earlier), "looking at documents")
    profiles = known.unionByName(fresh).persist()
    boilerplate = shared_blocks(profiles, settings.boilerplate)
    if not (changed := difference(earlier, boilerplate)):
        return profiles, boilerplate, None
    stale = profiles.filter(has_any(changed)).select("doc_id").localCheckpoint()
    there = semi_join(reader.places().filter("not deleted"), stale)
    anew = reader.read(there, ProfileDocuments(settings, boilerplate), "looking again, without boilerplate")
    profiles = anti_join(profiles, stale).unionByName(anew).persist()
    return profiles, boilerplate, None if reader.plan.full else anti_join(there, touched)


def _copies(
    reader: DocumentReader,
    settings: PreprocessSettings,
    boilerplate: Marks,
    profiles: "DataFrame",
    stirred: "DataFrame | None",
) -> "tuple[DataFrame, DataFrame | None]":
    copies = settings.deduplicate.documents
    if not copies.exact:
        return reader.spark.createDataFrame(_NO_COPIES.empty_table()), None
    shingles_of = partial(reader.shingles, profiles, work=ShingleDocuments(settings, boilerplate))
    words = settings.deduplicate.shingle_words
    found = choose_originals(candidates(profiles), reader.lake, shingles_of, copies, words, stirred)
    return found.copies.withColumnRenamed("id", "doc_id").localCheckpoint(), found.compared


def _other_fates(copies: "DataFrame", before: "DataFrame") -> "DataFrame":
    """Ids of documents that are a copy and were none, or the other way round, or of another original."""
    old = before.filter("kept_id is not null").select(*copies.columns)
    new = differing(copies, old, "doc_id", ("kept_id", "method", "score"))
    return new.select("doc_id").unionByName(anti_join(old, copies).select("doc_id"))
