"""A passage lives with its document, or with its text in another one."""

import pytest

from ragline.contracts.tables import CHUNKS, DOCUMENTS
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.live_passages import PassageRef, live_passages
from ragline.lake.living_pairs import living_pairs
from ragline.lake.publications import Publication, publish
from tests.retrieval.examples import table_of


@pytest.fixture
def lake(tmp_path):
    lake = Lake(str(tmp_path))
    documents = [
        {"doc_id": "a", "content_hash": "content a", "deleted": False},
        {"doc_id": "b", "content_hash": "content b", "deleted": False},
    ]
    chunks = [
        {"chunk_id": "a1", "doc_id": "a", "text_hash": "shared", "deleted": False},
        {"chunk_id": "b1", "doc_id": "b", "text_hash": "only in b", "deleted": False},
    ]
    lake.append(DOCUMENTS, table_of(DOCUMENTS, documents), Commit("documents", "r"))
    lake.append(CHUNKS, table_of(CHUNKS, chunks), Commit("chunks", "r"))
    publish(lake, Publication("chunks", 0, "r", inputs={"documents": 0}))
    return lake


def delete(lake, name):
    lake.append(DOCUMENTS, table_of(DOCUMENTS, [{"doc_id": name, "deleted": True}]), Commit(f"delete {name}", "r"))


LIVING = {
    "by its chunk": PassageRef("b1"),
    "by its text in another document": PassageRef("", "c", "shared", "content c"),
    "by its document, which did not change": PassageRef("b9", "b", "cut otherwise", "content b"),
}
GONE = {
    "nothing is known of it": PassageRef(""),
    "an unknown chunk": PassageRef("x"),
    "its document changed, and its text is nowhere": PassageRef("b9", "b", "old text", "old content"),
    "its document is not there": PassageRef("c1", "c", "text of c", "content c"),
}


@pytest.mark.parametrize("passage", LIVING.values(), ids=LIVING)
def test_what_the_corpus_holds_lives(lake, passage):
    assert live_passages(lake, [passage]) == {passage}


@pytest.mark.parametrize("passage", GONE.values(), ids=GONE)
def test_what_it_holds_no_more_does_not(lake, passage):
    assert live_passages(lake, [passage]) == set()


def test_a_deletion_counts_before_chunks_are_published_again(lake):
    delete(lake, "b")
    assert live_passages(lake, LIVING.values()) == {LIVING["by its text in another document"]}
    delete(lake, "a")
    assert live_passages(lake, LIVING.values()) == set()


def test_nothing_lives_where_nothing_was_published(tmp_path):
    assert live_passages(Lake(str(tmp_path)), LIVING.values()) == set()


def test_pairs_keep_the_negatives_that_live_and_go_with_their_positive(lake):
    pair = {
        "pair_id": "1",
        "provenance": "{}",
        "doc_id": "a",
        "text_hash": "shared",
        "content_hash": "content a",
        "negatives": ["text of b", "text of c"],
        "negative_doc_ids": ["b", "c"],
        "negative_text_hashes": ["only in b", "text of c"],
        "negative_content_hashes": ["content b", "content c"],
    }
    gone = {**pair, "pair_id": "2", "doc_id": "c", "text_hash": "text of c", "content_hash": "content c"}
    (kept,) = living_pairs(lake, [pair, gone])
    assert (kept["pair_id"], kept["negatives"], kept["negative_doc_ids"]) == ("1", ["text of b"], ["b"])


def test_pairs_of_before_are_known_by_their_chunk(lake):
    old = dict.fromkeys(("doc_id", "text_hash", "content_hash", "negative_doc_ids"))
    old |= {"negatives": ["text"], "negative_text_hashes": None, "negative_content_hashes": None}
    known, unknown = {**old, "pair_id": "1", "provenance": '{"chunk_id": "a1"}'}, {**old, "pair_id": "2", "provenance": "{}"}
    (kept,) = living_pairs(lake, [known, unknown])
    assert (kept["pair_id"], kept["negatives"]) == ("1", [])
