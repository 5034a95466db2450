import os
import subprocess
import sys
from pathlib import Path

import pytest

from ragline.contracts.tables import CHUNKS, DOCUMENT_STATE, DOCUMENTS
from ragline.errors import EXIT_DONE, EXIT_NOTHING_TO_DO
from ragline.lake.commits import Commit
from ragline.spark import submit
from tests.preprocess.conftest import Corpus

pytestmark = pytest.mark.spark

TEXTS = {
    "a": "# Travel\n\nBook early.\n\n# Hotels\n\nAsk travel@example.com.\n",
    "b": "# Holidays\n\nThirty days.\n",
    "c": "# TRAVEL\n\nBook   early.\n\n# Hotels\n\nAsk travel@example.com.\n",
    "d": " \n",
}


def test_first_run_chunks_every_document_and_tells_what_became_of_it(corpus: Corpus) -> None:
    corpus.write(TEXTS)
    manifest = corpus.process()
    assert manifest.status == "done", manifest.message
    found = sorted((row["doc_id"], row["ordinal"], row["heading_path"], row["text"]) for row in corpus.rows(CHUNKS))
    assert found == [
        ("a", 0, ["Travel"], "Book early."),
        ("a", 1, ["Hotels"], "Ask [EMAIL]."),
        ("b", 0, ["Holidays"], "Thirty days."),
    ]
    assert corpus.copies() == {"c": "a"}
    assert {row["doc_id"]: (row["outcome"], row["chunk_count"]) for row in corpus.rows(DOCUMENT_STATE)} == {
        "a": ("chunked", 2),
        "b": ("chunked", 1),
        "c": ("duplicate", 0),
        "d": ("empty", 0),
    }
    assert manifest.drops == {"exact_duplicate": 1, "empty": 1}
    assert manifest.counts == {
        "documents": 4,
        "chunks": 3,
        "tokens": sum(row["token_count"] for row in corpus.rows(CHUNKS)),
        "personal_data_email": 1,
    }
    assert [(use.name, use.version, use.rows) for use in manifest.inputs] == [("documents", 0, 4)]
    assert [(use.name, use.rows) for use in manifest.outputs] == [
        ("outcomes", 4),
        ("passages", 3),
        ("duplicates", 1),
        ("chunks", 3),
    ]


def test_second_run_has_nothing_to_do(corpus: Corpus) -> None:
    corpus.write(TEXTS)
    corpus.process()
    version = corpus.lake.version(CHUNKS)
    assert corpus.process().status == "nothing_to_do"
    assert corpus.lake.version(CHUNKS) == version


def test_only_what_changed_is_processed_and_written(corpus: Corpus) -> None:
    corpus.write(TEXTS)
    corpus.process()
    corpus.write({"b": "# Holidays\n\nThirty-one days.\n"})
    manifest = corpus.process()
    assert (manifest.counts["documents"], manifest.counts["chunks"]) == (1, 1)
    new = corpus.lake.read(CHUNKS, since=1)
    assert new["doc_id"].to_pylist() == ["b"]
    assert corpus.lake.read(CHUNKS).num_rows == 3


def test_removed_document_leaves_and_its_copy_comes_back(corpus: Corpus) -> None:
    corpus.write(TEXTS)
    corpus.process()
    corpus.remove("a")
    manifest = corpus.process()
    assert corpus.chunked() == ["b", "c"]
    assert corpus.copies() == {}
    assert manifest.counts["documents"] == 0
    assert manifest.counts["chunks"] == 2


def test_smaller_id_becomes_the_original(corpus: Corpus) -> None:
    corpus.write({"m": "Same text.", "x": "Same text."})
    corpus.process()
    assert (corpus.chunked(), corpus.copies()) == (["m"], {"x": "m"})
    corpus.write({"e": "Same text."})
    corpus.process()
    assert (corpus.chunked(), corpus.copies()) == (["e"], {"m": "e", "x": "e"})


def test_documents_that_other_people_read_are_no_copies(corpus: Corpus) -> None:
    corpus.write({"a": "Same text."}, access_labels=["hr"])
    corpus.write({"b": "Same text."}, access_labels=["all"])
    corpus.process()
    assert corpus.chunked() == ["a", "b"]


def test_copies_are_kept_where_so_configured(corpus: Corpus) -> None:
    corpus.write(TEXTS)
    corpus.process("preprocess.deduplicate.documents.exact=false")
    assert (corpus.chunked(), corpus.copies()) == (["a", "b", "c"], {})


def test_label_change_rewrites_rows_under_the_same_ids(corpus: Corpus) -> None:
    corpus.write({"b": TEXTS["b"]})
    corpus.process()
    (before,) = corpus.rows(CHUNKS)
    corpus.write({"b": TEXTS["b"]}, access_labels=["hr"])
    corpus.process()
    (after,) = corpus.rows(CHUNKS)
    assert after == {**before, "access_labels": ["hr"]}


def test_change_that_nobody_sees_still_advances_the_inputs(corpus: Corpus) -> None:
    corpus.write({"b": "Text."})
    corpus.process()
    before = corpus.rows(CHUNKS)
    corpus.write({"b": "Text.  \r\n"})
    assert corpus.process().status == "done"
    assert corpus.rows(CHUNKS) == before
    assert corpus.process().status == "nothing_to_do"


def test_removing_all_documents_leaves_no_chunks(corpus: Corpus) -> None:
    corpus.write({"a": "One.", "b": "Two."})
    corpus.process()
    corpus.remove("a", "b")
    assert corpus.process().status == "done"
    assert corpus.rows(CHUNKS) == []


def test_only_published_documents_are_seen(corpus: Corpus) -> None:
    manifest = corpus.process()
    assert (manifest.status, "No published table documents" in manifest.message) == ("bad_input", True)
    corpus.write({"a": "One."})
    unpublished = corpus.lake.read(DOCUMENTS).set_column(0, "doc_id", [["z"]])
    corpus.lake.append(DOCUMENTS, unpublished, Commit("unpublished", "test"))
    corpus.process()
    assert corpus.chunked() == ["a"]


def test_older_documents_version_does_not_go_backwards(corpus: Corpus) -> None:
    first = corpus.write({"a": "One."})
    corpus.write({"b": "Two."})
    corpus.process()
    assert corpus.process(version=first).status == "nothing_to_do"
    assert corpus.process("preprocess.chunk.max_tokens=100", version=first).status == "done"
    assert corpus.chunked() == ["a", "b"]
    assert corpus.process(version=first, full=True).status == "done"
    assert corpus.chunked() == ["a"]


def test_changed_configuration_chunks_again_and_so_does_changing_it_back(corpus: Corpus) -> None:
    corpus.write({"a": "One sentence here. " * 10})
    corpus.process()
    before = corpus.tables()
    assert corpus.process("preprocess.chunk.max_tokens=24").status == "done"
    assert len(corpus.rows(CHUNKS)) > 1
    assert corpus.process().status == "done"
    assert corpus.tables() == before


def test_spark_submit_gives_the_jobs_exit_codes_and_the_same_rows_on_one_core(corpus: Corpus) -> None:
    corpus.write(TEXTS)
    assert _submit(corpus) == EXIT_DONE
    assert _submit(corpus) == EXIT_NOTHING_TO_DO
    on_one_core = corpus.tables()
    assert corpus.process(full=True).status == "done"
    assert corpus.tables() == on_one_core


def _submit(corpus: Corpus) -> int:
    command = [Path(sys.executable).parent / "spark-submit", "--master", "local[1]", "--driver-memory", "512m", submit.__file__]
    arguments = ["preprocess", "--config", str(corpus.project.config)]
    # Out of pytest's own Spark: a child must not find the gateway of this process.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYSPARK_GATEWAY")}
    environment["PYSPARK_PYTHON"] = sys.executable
    return subprocess.run([*command, *arguments], env=environment, check=False, timeout=300).returncode
