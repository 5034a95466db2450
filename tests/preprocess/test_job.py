"""The life of a corpus under one configuration: three runs over scenarios that stand side by side, looked at by every test."""

import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from ragline.contracts.tables import DOCUMENTS
from ragline.lake.commits import Commit
from tests.preprocess.corpus import Corpus
from tests.preprocess.snapshots import Snapshot, process, remove, write
from tests.preprocess.texts import EQUAL_CHUNKS, GERMAN, HANDBOOK, LICENCE, LONGER, NOISE, NOTICE, OTHER, PAGES, STORY
from tests.project import Project

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

HEAVY = {"pyspark", "torch", "phonenumbers", "sentence_transformers", "mlflow"}


class Life(NamedTuple):
    """The lake after its three runs, what it was like after each, and what runs said that had nothing to do."""

    corpus: Corpus
    first: Snapshot
    second: Snapshot
    third: Snapshot
    unpublished: Any
    unchanged: Any
    kept: str


@pytest.fixture(scope="module")
def life(spark: object, tmp_path_factory: pytest.TempPathFactory) -> Life:
    corpus = Corpus(Project(tmp_path_factory.mktemp("life") / "project"))
    unpublished = corpus.process()
    write(corpus, "handbook", HANDBOOK)
    write(corpus, "near", {"a": STORY, "b": LONGER, "c": OTHER})
    write(corpus, "chain", {"a": STORY, "b": LONGER, "c": STORY})
    write(corpus, "chunks", EQUAL_CHUNKS)
    write(corpus, "pages", dict(list(PAGES.items())[:3]))
    write(corpus, "rules", {"a": NOISE, "b": STORY})
    write(corpus, "languages", {"a": STORY, "b": GERMAN})
    write(corpus, "ids", {"m": "Same text.", "x": "Same text."})
    write(corpus, "readers", {"a": "Same text."}, access_labels=["hr"])
    write(corpus, "readers", {"b": "Same text."}, access_labels=["all"])
    write(corpus, "labels", {"b": HANDBOOK["b"]})
    write(corpus, "unseen", {"b": "Text."})
    write(corpus, "edited", HANDBOOK)
    secret = corpus.lake.read(DOCUMENTS).slice(0, 1).set_column(0, "doc_id", [["secret/z"]])
    corpus.lake.append(DOCUMENTS, secret, Commit("unpublished", "test"))
    first = process(corpus)
    unchanged = corpus.process()

    (copy,) = first.chunk_copies("chunks")
    kept = next(row["doc_id"] for row in first.chunks if row["chunk_id"] == copy["kept_id"])
    remove(corpus, "handbook", "a")
    remove(corpus, "chain", "b")
    corpus.remove(kept)
    write(corpus, "pages", dict(list(PAGES.items())[3:]))
    write(corpus, "ids", {"e": "Same text."})
    write(corpus, "labels", {"b": HANDBOOK["b"]}, access_labels=["hr"])
    write(corpus, "unseen", {"b": "Text.  \r\n"})
    write(corpus, "edited", {"b": "# Holidays\n\nThirty-one days.\n"})
    second = process(corpus)

    write(corpus, "chain", {"d": f"{LONGER} Or not."})
    remove(corpus, "pages", *list(PAGES)[3:])
    third = process(corpus)
    return Life(corpus, first, second, third, unpublished, unchanged, kept)


def test_without_published_documents_the_run_says_so(life: Life) -> None:
    assert (life.unpublished.status, "No published table documents" in life.unpublished.message) == ("bad_input", True)


def test_documents_are_not_seen_before_they_are_published(life: Life) -> None:
    assert life.first.chunked("secret") == []
    assert life.second.decisions("secret") != {}


def test_first_run_chunks_every_document_and_tells_what_became_of_it(life: Life) -> None:
    found = sorted((row["doc_id"], row["ordinal"], row["heading_path"], row["text"]) for row in life.first.chunks_of("handbook"))
    assert found == [
        ("handbook/a", 0, ["Travel"], "Book early."),
        ("handbook/a", 1, ["Hotels"], "Ask [EMAIL]."),
        ("handbook/b", 0, ["Holidays"], "Thirty days."),
    ]
    assert life.first.copies("handbook") == {"c": ("a", "exact", 1.0)}
    assert life.first.decisions("handbook") == {
        "a": ("chunked", 2),
        "b": ("chunked", 1),
        "c": ("duplicate", 0),
        "d": ("empty", 0),
    }


def test_manifest_counts_what_was_read_made_and_dropped(life: Life) -> None:
    manifest, chunks = life.first.manifest, life.first.chunks
    (rule,) = {decision for decision, _ in life.first.decisions("rules").values()} - {"chunked"}
    # exact: handbook c, edited c, ids x; near: near a, chain a and c (whose text is near to the kept one).
    assert manifest.drops == {"exact_duplicate": 3, "near_duplicate": 3, "empty": 2, rule: 1, "exact_duplicate_chunk": 1}
    assert manifest.counts == {
        "documents": 29,
        "chunks": len(chunks),
        "tokens": sum(row["token_count"] for row in chunks) + _tokens_of_licence(chunks),
        "personal_data_email": 2,
    }
    assert [(use.name, use.rows) for use in manifest.inputs] == [("documents", 29)]
    assert [(use.name, use.rows) for use in manifest.outputs] == [
        ("document_state", 29),
        ("chunk_state", len(chunks) + 1),
        ("near_pairs", life.first.pairs),
        ("duplicates", 7),
        ("chunks", len(chunks)),
    ]


def _tokens_of_licence(chunks: list[dict[str, Any]]) -> int:
    """The copy that was dropped has a heading of another length ("Three", "One": a token each)."""
    (kept,) = (row for row in chunks if row["text"] == LICENCE)
    return int(kept["token_count"])


def test_second_run_has_nothing_to_do(life: Life) -> None:
    assert life.unchanged.status == "nothing_to_do"


def test_nothing_to_do_is_decided_before_spark_is_imported(life: Life) -> None:
    assert life.corpus.process().status == "nothing_to_do"
    program = (
        "import sys\nfrom ragline.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        f"print(code, sorted({HEAVY!r} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", program, "preprocess", "--config", str(life.corpus.project.config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.splitlines()[-1] == "3 []", done.stderr


def test_only_what_changed_is_processed_and_written(life: Life) -> None:
    # Of the scenario nothing but the edited document; of others those that changed, or return for a copy that is gone.
    assert [name for name in life.second.new_chunks if name.startswith("edited")] == ["edited/b"]
    assert not [name for name in life.second.new_chunks if name.split("/")[0] in ("near", "rules", "languages", "readers")]
    assert life.second.texts("edited") == ["Ask [EMAIL].", "Book early.", "Thirty-one days."]


def test_removed_document_leaves_and_its_copy_comes_back(life: Life) -> None:
    assert (life.second.chunked("handbook"), life.second.copies("handbook")) == (["b", "c"], {})


def test_smaller_id_becomes_the_original(life: Life) -> None:
    assert (life.first.chunked("ids"), life.first.copies("ids")) == (["m"], {"x": ("m", "exact", 1.0)})
    assert (life.second.chunked("ids"), set(life.second.copies("ids"))) == (["e"], {"m", "x"})


def test_documents_that_other_people_read_are_no_copies(life: Life) -> None:
    assert (life.first.chunked("readers"), life.first.copies("readers")) == (["a", "b"], {})


def test_label_change_rewrites_rows_under_the_same_ids(life: Life) -> None:
    (before,), (after,) = life.first.chunks_of("labels"), life.second.chunks_of("labels")
    assert after == {**before, "access_labels": ["hr"]}


def test_change_that_nobody_sees_changes_no_chunk(life: Life) -> None:
    assert life.first.chunks_of("unseen") == life.second.chunks_of("unseen") != []


def test_near_copy_is_dropped_and_says_for_what_and_how_near_it_is(life: Life) -> None:
    # 30 sentences of 8 words are 236 shingles of 5; six more words make six more.
    assert life.first.copies("near") == {"a": ("b", "minhash", round(236 / 242, 3))}
    assert life.first.chunked("near") == ["b", "c"]


def test_near_copy_returns_when_its_original_goes_and_is_dropped_again_for_a_new_one(life: Life) -> None:
    # An exact copy of a near-copy is dropped for the same original.
    assert {name: kept for name, (kept, _, _) in life.first.copies("chain").items()} == {"a": "b", "c": "b"}
    assert (life.second.chunked("chain"), life.second.copies("chain")) == (["a"], {"c": ("a", "exact", 1.0)})
    assert life.third.chunked("chain") == ["d"]
    assert {name: kept for name, (kept, _, _) in life.third.copies("chain").items()} == {"a": "d", "c": "d"}


def test_equal_chunks_of_two_documents_stand_once_and_come_back(life: Life) -> None:
    assert life.first.texts("chunks") == sorted([LICENCE, "Of his own.", "Something else."])
    (copy,) = life.first.chunk_copies("chunks")
    (kept,) = (row for row in life.first.chunks_of("chunks") if row["text"] == LICENCE)
    assert (copy["kept_id"], copy["method"], copy["score"]) == (kept["chunk_id"], "exact", 1.0)
    counts = {row["doc_id"]: row["chunk_count"] for row in life.first.documents}
    assert (counts[kept["doc_id"]], counts[copy["doc_id"]]) == (2, 1)
    assert [row["doc_id"] for row in life.second.chunks_of("chunks")] == [copy["doc_id"]] * 2
    assert life.second.chunk_copies("chunks") == []


def test_what_a_source_repeats_everywhere_is_left_out_until_it_does_not(life: Life) -> None:
    assert all(NOTICE in text for text in life.first.texts("pages"))
    assert life.second.texts("pages") == [f"This is what page {number} says of itself." for number in range(8)]
    assert len(life.third.texts("pages")) == 3
    assert all(NOTICE in text for text in life.third.texts("pages"))
    assert life.third.chunks_of("pages")[0]["span_start"] > 0


def test_what_a_rule_rejects_is_decided_under_its_name(life: Life) -> None:
    decisions = life.first.decisions("rules")
    assert (decisions["b"][0], decisions["a"][0] in life.first.manifest.drops) == ("chunked", True)


def test_every_chunk_has_the_language_of_its_text(life: Life) -> None:
    assert {row["doc_id"]: row["language"] for row in life.first.chunks_of("languages")} == {
        "languages/a": "en",
        "languages/b": "de",
    }


def test_a_run_over_everything_decides_as_the_runs_over_changes_did_and_compares_no_pair_again(life: Life) -> None:
    before = life.corpus.tables()
    again = process(life.corpus, full=True)
    assert life.corpus.tables() == before
    assert again.pairs == life.third.pairs
