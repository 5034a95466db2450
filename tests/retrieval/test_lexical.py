from pathlib import Path

import pytest

from ragline.contracts.release_spec import LexicalIndexSpec
from ragline.errors import ReleaseError
from ragline.retrieval.lexical import LexicalIndex, build_lexical_index, open_lexical_index

ENGLISH = LexicalIndexSpec(analyser=1, stemmer="en")
TEXTS = [
    "Reset your password in the account settings.",
    "The printer resets itself every night.",
    "Passwords expire after ninety days. A password must be long.",
    "Lunch is at noon.",
]


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    return build_lexical_index(tmp_path / "lexical", TEXTS, ENGLISH)


def test_texts_with_rare_and_repeated_terms_come_first(index: LexicalIndex) -> None:
    rows, scores = index.search("expired passwords", 10)

    assert rows == [2, 0]
    assert scores[0] > scores[1] > 0


def test_without_a_stemmer_only_the_same_word_matches(tmp_path: Path) -> None:
    index = build_lexical_index(tmp_path / "plain", TEXTS, LexicalIndexSpec(analyser=1, stemmer=None))

    assert index.search("resets", 10)[0] == [1]


@pytest.mark.parametrize(
    "hostile", ["password AND (noon", 'text:"password', "password^9 ~2 [a TO z] {x}", "+password -noon", "row:0 password \\", "*"]
)
def test_query_syntax_is_text_like_any_other(index: LexicalIndex, hostile: str) -> None:
    rows = index.search(hostile, 10)[0]

    assert set(rows) <= {0, 1, 2, 3}
    if "password" in hostile:
        assert 2 in rows


def test_a_query_without_terms_finds_nothing(index: LexicalIndex) -> None:
    assert index.search("", 10) == ([], [])
    assert index.search("?! …", 10) == ([], [])
    assert index.search("\x00\ud800".encode("utf-8", "replace").decode(), 10) == ([], [])


def test_equal_texts_keep_the_order_of_their_rows(tmp_path: Path) -> None:
    index = build_lexical_index(tmp_path / "same", ["the same words"] * 50, ENGLISH)

    assert index.search("same words", 50)[0] == list(range(50))


def test_an_index_opened_again_answers_as_before(index: LexicalIndex, tmp_path: Path) -> None:
    again = open_lexical_index(tmp_path / "lexical", ENGLISH)

    assert len(again) == 4
    assert again.search("password", 10) == index.search("password", 10)


def test_an_unknown_language_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="stemmer for 'xx'"):
        build_lexical_index(tmp_path / "bad", TEXTS, LexicalIndexSpec(analyser=1, stemmer="xx"))
    with pytest.raises(ReleaseError, match="lexical index in .*nothing cannot be opened"):
        open_lexical_index(tmp_path / "nothing", ENGLISH)
