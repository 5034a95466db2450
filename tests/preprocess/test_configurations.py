"""One corpus under several configurations, older versions of its documents, and none at all: five runs over all of it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from ragline.contracts.tables import CHUNKS
from ragline.errors import EXIT_DONE, EXIT_NOTHING_TO_DO
from ragline.spark import submit
from tests.preprocess.corpus import Corpus
from tests.preprocess.snapshots import Snapshot, process, write
from tests.preprocess.texts import GERMAN, HANDBOOK, LICENCE, LONGER, NOISE, OTHER, STORY
from tests.project import Project

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

# What each changes is seen in scenarios of its own.
OTHERWISE = (
    "preprocess.chunk.max_tokens=24",
    "preprocess.deduplicate.documents={exact: false}",
    "preprocess.filters.preset=none",
    "preprocess.languages.keep=[en]",
    "preprocess.personal_data.kinds={card: drop, phone: tag}",
)
NEAR_CHUNKS = ("preprocess.deduplicate.chunks.near=0.8", "preprocess.deduplicate.documents.near=null")


class Configured(NamedTuple):
    """The lake under each configuration in turn."""

    submitted: list[int]
    on_one_core: list[list[dict[str, object]]]
    default: Snapshot
    backwards: str
    otherwise: Snapshot
    back: list[list[dict[str, object]]]
    near_chunks: Snapshot
    oldest: Snapshot
    emptied: tuple[str, list[dict[str, object]]]


@pytest.fixture(scope="module")
def configured(spark: object, tmp_path_factory: pytest.TempPathFactory) -> Configured:
    corpus = Corpus(Project(tmp_path_factory.mktemp("configured") / "project"))
    oldest = write(corpus, "handbook", HANDBOOK)
    write(corpus, "long", {"a": "One sentence here. " * 10})
    write(corpus, "near", {"a": STORY, "b": LONGER})
    write(corpus, "rules", {"a": NOISE})
    write(corpus, "languages", {"a": OTHER, "b": GERMAN})
    write(corpus, "data", {"a": f"Paid with card 4111 1111 1111 1111. {STORY}", "b": f"{OTHER} Call +49 30 901820."})
    write(corpus, "chunks", {"a": f"# One\n\n{LICENCE}\n\n# Two\n\nOwn.", "b": f"# Three\n\nNote: {LICENCE}\n\n# Four\n\nElse."})
    submitted = [_submit(corpus), _submit(corpus)]
    on_one_core = corpus.tables()
    backwards = corpus.process(version=oldest).status
    otherwise = process(corpus, *OTHERWISE, version=oldest)
    default = process(corpus)
    back = corpus.tables()
    near_chunks = process(corpus, *NEAR_CHUNKS)
    only_oldest = process(corpus, version=oldest, full=True)
    corpus.remove(*(row["doc_id"] for row in default.documents))
    emptied = corpus.process().status, corpus.rows(CHUNKS)
    return Configured(submitted, on_one_core, default, backwards, otherwise, back, near_chunks, only_oldest, emptied)


def _submit(corpus: Corpus) -> int:
    command = [Path(sys.executable).parent / "spark-submit", "--master", "local[1]", "--driver-memory", "512m", submit.__file__]
    arguments = ["preprocess", "--config", str(corpus.project.config)]
    # Out of pytest's own Spark: a child must not find the gateway of this process.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYSPARK_GATEWAY")}
    environment["PYSPARK_PYTHON"] = sys.executable
    return subprocess.run([*command, *arguments], env=environment, check=False, timeout=300).returncode


def test_spark_submit_gives_the_jobs_exit_codes(configured: Configured) -> None:
    assert configured.submitted == [EXIT_DONE, EXIT_NOTHING_TO_DO]


def test_changing_a_configuration_back_gives_the_same_rows_and_so_does_one_core(configured: Configured) -> None:
    assert len(configured.on_one_core[0]) > 10
    assert configured.back == configured.on_one_core


def test_changed_configuration_chunks_again(configured: Configured) -> None:
    assert (len(configured.default.texts("long")), len(configured.otherwise.texts("long")) > 1) == (1, True)


def test_copies_are_kept_where_so_configured(configured: Configured) -> None:
    assert {name: decision for name, (decision, _) in configured.default.decisions("handbook").items()}["c"] == "duplicate"
    assert configured.otherwise.decisions("handbook")["c"] == ("chunked", 2)
    assert configured.otherwise.copies("near") == {}
    assert {decision for decision, _ in configured.otherwise.decisions("near").values()} == {"chunked"}


def test_near_copies_stay_where_so_configured(configured: Configured) -> None:
    assert set(configured.default.copies("near")) == {"a"}
    assert {decision for decision, _ in configured.near_chunks.decisions("near").values()} == {"chunked"}
    # Exact copies are dropped all the same.
    assert set(configured.near_chunks.copies("handbook")) == {"c"}


def test_near_copies_among_chunks_are_dropped_where_so_configured(configured: Configured) -> None:
    assert configured.near_chunks.texts("chunks") == ["Else.", f"Note: {LICENCE}", "Own."]
    (copy,) = configured.near_chunks.chunk_copies("chunks")
    assert copy["method"] == "minhash"
    assert configured.near_chunks.manifest.drops["near_duplicate_chunk"] >= 1


def test_what_a_rule_rejects_comes_back_without_the_rule(configured: Configured) -> None:
    assert (configured.default.chunked("rules"), configured.otherwise.chunked("rules")) == ([], ["a"])


def test_documents_in_other_languages_can_be_left_out(configured: Configured) -> None:
    assert (configured.default.chunked("languages"), configured.otherwise.chunked("languages")) == (["a", "b"], ["a"])
    assert configured.otherwise.manifest.drops["language"] == 1


def test_a_document_with_what_must_not_be_there_is_dropped_and_others_are_tagged(configured: Configured) -> None:
    assert configured.otherwise.decisions("data")["a"] == ("personal_data_card", 0)
    assert configured.otherwise.manifest.drops["personal_data_card"] == 1
    tagged = [row for row in configured.otherwise.chunks_of("data") if row["personal_data"]]
    assert [row["personal_data"] for row in tagged] == [["phone"]]
    assert "+49 30 901820" in tagged[0]["text"]


def test_older_documents_version_does_not_go_backwards_unless_all_is_done_again(configured: Configured) -> None:
    assert configured.backwards == "nothing_to_do"
    # Another configuration, asked for the oldest version, processed the newest.
    assert configured.otherwise.chunked("long") == ["a"]
    assert {row["doc_id"].split("/")[0] for row in configured.oldest.documents} == {"handbook"}
    assert configured.oldest.chunked("handbook") == ["a", "b"]


def test_removing_all_documents_leaves_no_chunks(configured: Configured) -> None:
    assert configured.emptied == ("done", [])
