import pytest

from ragline.contracts.known_items import role_of
from ragline.errors import ConfigError
from ragline.finetune.training_set import (
    Example,
    corpus_examples,
    evaluation_queries,
    exclude_evaluation_queries,
    feedback_examples,
)

# Which side a heading falls on is decided by its hash; these two were looked up once.
TRAINING = next(f"Heading {i}" for i in range(100) if role_of("heading", f"Heading {i}") == "training")
EVALUATION = next(f"Heading {i}" for i in range(100) if role_of("heading", f"Heading {i}") == "evaluation")


def chunk(heading, text, title=""):
    return {"title": title, "heading_path": [heading] if heading else [], "text": text}


def test_the_surest_pairs_come_first_with_their_hardest_negative():
    rows = [
        {"pair_id": "a", "query": "q1", "positive": "p1", "negatives": ["n1", "n2"], "weight": 0.5},
        {"pair_id": "b", "query": "q2", "positive": "p2", "negatives": [], "weight": 1.0},
        {"pair_id": "c", "query": "q3", "positive": "p3", "negatives": [], "weight": 0.1},
    ]
    assert feedback_examples(rows, limit=2) == [Example("q2", "p2"), Example("q1", "p1", "n1")]


def test_only_headings_of_the_training_side_become_pairs():
    found = corpus_examples([chunk(TRAINING, "about it"), chunk(EVALUATION, "about that")], limit=10)
    assert found == [Example(TRAINING, "about it")]


def test_a_passage_that_repeats_its_query_is_left_out():
    assert corpus_examples([chunk(TRAINING, f"As {TRAINING.upper()} says")], limit=10) == []


def test_what_an_evaluation_may_ask_is_reserved(tmp_path):
    (tmp_path / "queries.jsonl").write_text('{"_id": "1", "text": "Judged  Query"}\n')
    documents = [{"metadata": '{"summary": "A Summary"}'}, {"metadata": "{}"}]
    reserved = evaluation_queries(documents, [chunk(EVALUATION, ""), chunk(TRAINING, "")], str(tmp_path))
    assert reserved == {"a summary", "judged query", EVALUATION.casefold()}


def test_examples_that_an_evaluation_asks_are_left_out_and_counted():
    examples = [Example("A summary", "p"), Example("another", "p")]
    assert exclude_evaluation_queries(examples, {"a summary"}) == ([Example("another", "p")], 1)


def test_judgments_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(ConfigError, match=r"queries\.jsonl"):
        evaluation_queries([], [], str(tmp_path / "missing"))


def test_an_example_says_which_pair_and_which_documents_it_is_of() -> None:
    row = {
        "pair_id": "p",
        "query": "q",
        "positive": "text",
        "negatives": ["other"],
        "weight": 1.0,
        "doc_id": "kept",
        "negative_doc_ids": ["shown"],
    }
    (from_feedback,) = feedback_examples([row], limit=1)
    assert (from_feedback.pair_id, from_feedback.documents) == ("p", ("kept", "shown"))
    chunk = {"doc_id": "d", "title": TRAINING, "heading_path": [], "text": "about it"}
    (from_corpus,) = corpus_examples([chunk], 1)
    assert (from_corpus.pair_id, from_corpus.documents) == ("", ("d",))
