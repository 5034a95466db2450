"""Near-copies, equal chunks and boilerplate over the life of a corpus."""

import pytest

from ragline.contracts.tables import CHUNKS, DOCUMENT_STATE, DUPLICATES, NEAR_PAIRS
from tests.preprocess.conftest import Corpus

pytestmark = pytest.mark.spark

STORY = " ".join(f"Sentence number {number} tells of the {number * 7}th day." for number in range(30))
LONGER = f"{STORY} And then it ends, at last."
OTHER = " ".join(f"Recipe {number} needs {number * 3} grams of flour and an egg." for number in range(30))
LICENCE = "This page may be copied by everybody who keeps the name of its author on every copy that they make of it."


def duplicates(corpus: Corpus) -> dict[str, tuple[str, str, float]]:
    return {row["dropped_id"]: (row["kept_id"], row["method"], round(row["score"], 3)) for row in corpus.rows(DUPLICATES)}


def test_near_copy_goes_and_says_for_what_and_how_near_it_is(corpus: Corpus) -> None:
    corpus.write({"a": STORY, "b": LONGER, "c": OTHER})
    manifest = corpus.process()
    # 30 sentences of 8 words are 236 shingles of 5; six more words make six more.
    assert duplicates(corpus) == {"a": ("b", "minhash", round(236 / 242, 3))}
    assert corpus.chunked() == ["b", "c"]
    assert manifest.drops == {"near_duplicate": 1}


def test_near_copy_returns_when_its_original_goes_and_goes_again_for_a_new_one(corpus: Corpus) -> None:
    corpus.write({"a": STORY, "b": LONGER, "c": STORY})
    corpus.process()
    # An exact copy of a near-copy goes for the same original.
    assert {name: kept for name, (kept, _, _) in duplicates(corpus).items()} == {"a": "b", "c": "b"}
    corpus.remove("b")
    assert corpus.process().counts["documents"] == 0
    assert (corpus.chunked(), duplicates(corpus)) == (["a"], {"c": ("a", "exact", 1.0)})
    corpus.write({"d": f"{LONGER} Or not."})
    corpus.process()
    assert corpus.chunked() == ["d"]
    assert {name: kept for name, (kept, _, _) in duplicates(corpus).items()} == {"a": "d", "c": "d"}


def test_a_pair_is_compared_once(corpus: Corpus) -> None:
    corpus.write({"a": STORY, "b": LONGER})
    corpus.process()
    assert corpus.lake.read(NEAR_PAIRS).num_rows == 1
    corpus.write({"c": OTHER})
    corpus.process()
    corpus.process(full=True)
    assert corpus.lake.read(NEAR_PAIRS).num_rows == 1


def test_near_copies_stay_where_so_configured(corpus: Corpus) -> None:
    corpus.write({"a": STORY, "b": LONGER})
    corpus.process("preprocess.deduplicate.documents.near=null")
    assert corpus.chunked() == ["a", "b"]


def test_equal_chunks_of_two_documents_stand_once_and_come_back(corpus: Corpus) -> None:
    corpus.write({"a": f"# One\n\n{LICENCE}\n\n# Two\n\nOf his own.", "b": f"# Three\n\n{LICENCE}\n\n# Four\n\nSomething else."})
    manifest = corpus.process()
    rows = corpus.rows(CHUNKS)
    assert sorted(row["text"] for row in rows) == sorted([LICENCE, "Of his own.", "Something else."])
    assert manifest.drops == {"exact_duplicate_chunk": 1}
    (kept,) = (row for row in rows if row["text"] == LICENCE)
    (copy,) = corpus.rows(DUPLICATES)
    assert (copy["kept_id"], copy["level"], copy["method"]) == (kept["chunk_id"], "chunk", "exact")
    assert {row["doc_id"]: row["chunk_count"] for row in corpus.rows(DOCUMENT_STATE)} == {kept["doc_id"]: 2, copy["doc_id"]: 1}
    corpus.remove(kept["doc_id"])
    corpus.process()
    assert sorted(row["doc_id"] for row in corpus.rows(CHUNKS)) == [copy["doc_id"]] * 2
    assert corpus.rows(DUPLICATES) == []


def test_near_copies_among_chunks_go_where_so_configured(corpus: Corpus) -> None:
    corpus.write({"a": f"# One\n\n{LICENCE}\n\n# Two\n\nOwn.", "b": f"# Three\n\nNote: {LICENCE}\n\n# Four\n\nElse."})
    corpus.process("preprocess.deduplicate.chunks.near=0.8")
    assert sorted(row["text"] for row in corpus.rows(CHUNKS)) == ["Else.", f"Note: {LICENCE}", "Own."]
    (copy,) = corpus.rows(DUPLICATES)
    assert (copy["method"], copy["level"]) == ("minhash", "chunk")


def test_what_a_source_repeats_everywhere_is_left_out_until_it_does_not(corpus: Corpus) -> None:
    notice = "Copyright 2026 Example Ltd. All rights reserved."
    pages = {f"p{number}": f"# Page {number}\n\nThis is what page {number} says of itself.\n\n{notice}" for number in range(8)}
    corpus.write(dict(list(pages.items())[:3]))
    corpus.process()
    assert all(notice in row["text"] for row in corpus.rows(CHUNKS))
    corpus.write(dict(list(pages.items())[3:]))
    corpus.process()
    assert {row["text"] for row in corpus.rows(CHUNKS)} == {f"This is what page {number} says of itself." for number in range(8)}
    corpus.remove(*list(pages)[3:])
    corpus.process()
    assert all(notice in row["text"] for row in corpus.rows(CHUNKS))
    assert corpus.rows(CHUNKS)[0]["span_start"] > 0


def test_what_a_rule_rejects_is_counted_under_its_name_and_comes_back_without_the_rule(corpus: Corpus) -> None:
    noise = "\n".join(["Buy now, buy cheap, buy here."] * 400)
    corpus.write({"a": noise, "b": STORY})
    manifest = corpus.process()
    (rule,) = manifest.drops
    assert {row["doc_id"]: row["outcome"] for row in corpus.rows(DOCUMENT_STATE)} == {"a": rule, "b": "chunked"}
    corpus.process("preprocess.filters.preset=none")
    assert corpus.chunked() == ["a", "b"]


def test_documents_in_other_languages_can_be_left_out(corpus: Corpus) -> None:
    german = "Der Vertrag beginnt am ersten Tag des Monats und endet nach zwei Jahren, wenn ihn niemand verlängert."
    corpus.write({"a": STORY, "b": german})
    corpus.process()
    assert {row["doc_id"]: row["language"] for row in corpus.rows(CHUNKS)} == {"a": "en", "b": "de"}
    assert corpus.process("preprocess.languages.keep=[en]").drops == {"language": 1}


def test_a_document_with_what_must_not_be_there_is_dropped_and_others_are_tagged(corpus: Corpus) -> None:
    card = "Paid with card 4111 1111 1111 1111."
    corpus.write({"a": f"{card} {STORY}", "b": f"{OTHER} Call +49 30 901820."})
    manifest = corpus.process("preprocess.personal_data.kinds={card: drop, phone: tag}")
    assert manifest.drops == {"personal_data_card": 1}
    tagged = [row for row in corpus.rows(CHUNKS) if row["personal_data"]]
    assert [row["personal_data"] for row in tagged] == [["phone"]]
    assert "+49 30 901820" in tagged[0]["text"]
