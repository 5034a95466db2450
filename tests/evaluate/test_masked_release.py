from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ragline.evaluate.masked_release import EncoderCache, masked_searcher, masked_texts, plain_searcher
from ragline.evaluate.query import Query
from tests.evaluate.bundles import Passage, release_of

if TYPE_CHECKING:
    from ragline.retrieval.encoder import Encoder

PASSAGES: list[Passage] = [
    ("leave", "Parental leave", (), "You may stay at home for a year after a birth."),
    ("leave", "Parental leave", ("Pay",), "Two thirds of the wage are paid meanwhile."),
    ("other", "Sickness", (), "Parental leave is another matter; call in before nine."),
]
TITLE = Query("t", "Parental leave", "title", {"leave": 1})


def test_only_the_passages_of_the_relevant_document_are_masked(tmp_path: Path, minilm: "Encoder") -> None:
    release = release_of(tmp_path / "bundle", PASSAGES, minilm)
    assert masked_texts(release, [TITLE]) == {
        0: "You may stay at home for a year after a birth.",
        1: "Pay\n\nTwo thirds of the wage are paid meanwhile.",
    }


def test_masked_passages_are_found_by_what_is_left_of_them(tmp_path: Path, minilm: "Encoder") -> None:
    release = release_of(tmp_path / "bundle", PASSAGES, minilm)
    encoders = EncoderCache("cpu", 8)
    plain, masked = plain_searcher(release, encoders), masked_searcher(release, encoders, [TITLE], tmp_path / "lexical")
    assert {row for row, _ in plain.rank(["Parental leave"], 3, "lexical")[0]} == {0, 1, 2}
    assert [row for row, _ in masked.rank(["Parental leave"], 3, "lexical")[0]] == [2]
    (rows,) = masked.rank(["Parental leave"], 3, "dense")
    query = minilm.encode_queries(["Parental leave"])[0]
    left = minilm.encode_documents(["You may stay at home for a year after a birth."])[0]
    assert np.isclose(dict(rows)[0], query @ left, atol=1e-5)
    assert np.isclose(dict(rows)[2], dict(plain.rank(["Parental leave"], 3, "dense")[0])[2], atol=1e-6)


def test_a_passage_that_was_only_its_heading_is_found_by_nothing(tmp_path: Path, minilm: "Encoder") -> None:
    release = release_of(tmp_path / "bundle", [*PASSAGES, ("empty", "", ("Holidays",), "Holidays")], minilm)
    query = Query("h", "Holidays", "heading", {"empty": 1})
    masked = masked_searcher(release, EncoderCache("cpu", 8), [query], tmp_path / "lexical")
    row = release.row_documents.index("empty")
    assert dict(masked.rank(["Holidays"], 4, "dense")[0])[row] == 0.0
    assert masked.rank(["Holidays"], 4, "lexical") == [[]]


def test_without_anything_to_mask_the_release_is_searched_as_it_is(tmp_path: Path, minilm: "Encoder") -> None:
    release = release_of(tmp_path / "bundle", PASSAGES, minilm)
    nowhere = Query("n", "Something else", "summary", {"leave": 1})
    masked_searcher(release, EncoderCache("cpu", 8), [nowhere], tmp_path / "lexical")
    assert not (tmp_path / "lexical").exists()
