"""First half of a run: which documents are chunked, by what they are and by what the others are."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ragline.contracts.tables import DOCUMENTS, OUTCOMES
from ragline.preprocess.duplicates.originals import choose_originals
from ragline.preprocess.duplicates.shingle_documents import ShingleDocuments
from ragline.preprocess.frames.documents import Reading, read_documents
from ragline.preprocess.frames.size import stored_count, task_count, tune
from ragline.preprocess.outcomes import DECISION, among, candidates, decide, without
from ragline.preprocess.plan import Plan
from ragline.preprocess.profile import PROFILE, ProfileDocuments
from ragline.preprocess.shared_blocks import Marks, difference, has_any, shared_blocks
from ragline.preprocess.state import CHUNKED
from ragline.runtime.frames.stored_rows import Range, stored_rows
from ragline.runtime.lake import Lake
from ragline.runtime.preprocess_settings import DeduplicateSettings, PreprocessSettings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

STATE = (*PROFILE, *DECISION, "chunk_count")


@dataclass(frozen=True)
class DocumentStep:
    """What the first half found out. All frames but ``compared`` have a ``doc_id``.

    ``before``: the outcomes that counted so far. ``touched``: documents that changed, with ``deleted`` and their place.
    ``decided``: profile and decision of every document. ``gone``: those that are no more.
    """

    before: "DataFrame"
    touched: "DataFrame"
    decided: "DataFrame"
    gone: "DataFrame"
    compared: "DataFrame | None"
    boilerplate: Marks
    tasks: int

    @property
    def present(self) -> "DataFrame":
        """The touched documents that are there."""
        from pyspark.sql import functions as F

        return self.touched.filter(~F.col("deleted"))

    def to_chunk(self) -> "DataFrame":
        """Ids of the documents whose chunks are made: touched ones, and others that stand for their copies from now on."""
        from pyspark.sql import functions as F

        chunked = self.decided.filter(F.col("outcome") == CHUNKED).select("doc_id")
        already = without(self.before.filter(F.col("outcome") == CHUNKED).select("doc_id"), self.touched)
        return without(chunked, already)


def look_at_documents(spark: "SparkSession", lake: Lake, plan: Plan, settings: PreprocessSettings) -> DocumentStep:
    """Profile what changed and decide on all documents, as of the plan's version."""
    changes = stored_count(lake, DOCUMENTS, plan.version, Range(plan.since, plan.version))
    tune(spark, changes + plan.state.count(lake, OUTCOMES))
    tasks = task_count(spark, changes)
    before = plan.state.rows(spark, lake, OUTCOMES, STATE).persist()
    changed = places(spark, lake, plan.version, plan.since).persist()
    touched = changed
    gone = changed.filter("deleted").select("doc_id")
    if plan.state.has_stray(lake):
        stray = without(plan.state.stray(spark, lake), changed)
        present = places(spark, lake, plan.version, None)
        touched = changed.unionByName(among(present, stray)).persist()
        gone = gone.unionByName(without(stray, present)).unionByName(touched.filter("deleted").select("doc_id")).distinct()
    profiles, boilerplate, again = _profiled(spark, lake, plan, settings, before, touched, gone, tasks)
    touched = touched if again is None else touched.unionByName(again)
    reader = _Reader(spark, lake, plan.version, ShingleDocuments(settings, boilerplate), tasks)
    decided, compared = _decided(lake, profiles, reader, settings.deduplicate)
    return DocumentStep(before, touched, decided.localCheckpoint(), gone, compared, boilerplate, tasks)


def _profiled(
    spark: "SparkSession",
    lake: Lake,
    plan: Plan,
    settings: PreprocessSettings,
    before: "DataFrame",
    touched: "DataFrame",
    gone: "DataFrame",
    tasks: int,
) -> "tuple[DataFrame, Marks, DataFrame | None]":
    """The profiles of all documents, the boilerplate of their sources, and the places of documents that were not touched
    and are profiled again, because one of their blocks became boilerplate or stopped being it."""

    def profile(there: "DataFrame", boilerplate: Marks, what: str) -> "DataFrame":
        reading = Reading(lake.table_uri(DOCUMENTS), tasks, what)
        return read_documents(there, ProfileDocuments(settings, boilerplate), reading)

    known = before.select(*PROFILE)
    earlier = {} if plan.full else shared_blocks(known, settings.boilerplate)
    fresh = profile(touched.filter("not deleted"), earlier, "looking at documents")
    profiles = without(known, touched.select("doc_id").unionByName(gone)).unionByName(fresh).persist()
    boilerplate = shared_blocks(profiles, settings.boilerplate)
    if not (changed := difference(earlier, boilerplate)):
        return profiles, boilerplate, None
    stale = profiles.filter(has_any(changed)).select("doc_id").localCheckpoint()
    there = among(places(spark, lake, plan.version, None).filter("not deleted"), stale)
    profiles = without(profiles, stale).unionByName(profile(there, boilerplate, "looking again without boilerplate")).persist()
    return profiles, boilerplate, None if plan.full else without(there, touched)


def places(spark: "SparkSession", lake: Lake, version: int, since: int | None) -> "DataFrame":
    """Where the documents stand that were written after ``since``: doc_id, deleted, file, row_group, position."""
    columns = ("doc_id",)
    rows = stored_rows(spark, lake, DOCUMENTS, columns, version, Range(since, version))
    return rows.select("doc_id", "deleted", "file", "row_group", "position")


@dataclass(frozen=True)
class _Reader:
    """Gives the shingles of texts that are named by their hash."""

    spark: "SparkSession"
    lake: Lake
    version: int
    work: ShingleDocuments
    tasks: int

    def shingled(self, profiles: "DataFrame", hashes: "DataFrame") -> "DataFrame":
        """``hash, shingles``: read from one document for each."""
        from pyspark.sql import functions as F

        wanted = profiles.join(hashes.withColumnRenamed("hash", "normal_hash"), "normal_hash", how="left_semi")
        ids = wanted.groupBy("normal_hash").agg(F.min("doc_id").alias("doc_id"))
        there = among(places(self.spark, self.lake, self.version, None), ids)
        found = read_documents(there, self.work, Reading(self.lake.table_uri(DOCUMENTS), self.tasks, "comparing documents"))
        return found.select(F.col("normal_hash").alias("hash"), "shingles")


def _decided(
    lake: Lake, profiles: "DataFrame", reader: _Reader, settings: DeduplicateSettings
) -> "tuple[DataFrame, DataFrame | None]":
    if not settings.documents.exact:
        nobody = profiles.sparkSession.createDataFrame([], "id string, kept_id string, method string, score double")
        return decide(profiles, nobody), None
    shingles_of = partial(reader.shingled, profiles)
    originals = choose_originals(candidates(profiles), lake, shingles_of, settings.documents, settings.shingle_words)
    return decide(profiles, originals.copies), originals.compared
