"""The quality rules of Gopher: Rae et al. 2021, arXiv:2112.11446, section A1.1 "Quality Filtering".

Each returns the number that its limits are held against, or None where it has nothing to say. A word is what stands between
blanks; rules that count words say nothing of languages written without blanks.
"""

import re

from ragline.config.filters import Limits
from ragline.preprocess.filters.rule import make_rule
from ragline.preprocess.filters.text_facts import TextFacts

_LETTER = re.compile(r"[^\W\d_]")
_STOP_WORDS = frozenset({"the", "be", "to", "of", "and", "that", "have", "with"})


def gopher_word_count(facts: TextFacts) -> float | None:
    """Words that are more than punctuation."""
    return len(facts.words) - len(facts.symbols) if facts.spaced else None


def gopher_mean_word_length(facts: TextFacts) -> float | None:
    """The mean length of such words, in characters."""
    count = len(facts.words) - len(facts.symbols)
    return (sum(map(len, facts.words)) - sum(map(len, facts.symbols))) / count if facts.spaced and count else None


def gopher_hashes(facts: TextFacts) -> float | None:
    """Hash signs per word."""
    return facts.text.count("#") / len(facts.words) if facts.spaced and facts.words else None


def gopher_ellipses(facts: TextFacts) -> float | None:
    """Ellipses per word."""
    count = facts.text.count("...") + facts.text.count("…")
    return count / len(facts.words) if facts.spaced and facts.words else None


def gopher_bullet_lines(facts: TextFacts) -> float | None:
    """The share of lines that start with a bullet."""
    lines = facts.text.splitlines()
    return sum(line.lstrip().startswith(("•", "-")) for line in lines) / len(lines) if lines else None


def gopher_ellipsis_lines(facts: TextFacts) -> float | None:
    """The share of lines that end with an ellipsis."""
    if "..." not in facts.text and "…" not in facts.text:
        return 0
    lines = facts.text.splitlines()
    return sum(line.rstrip().endswith(("...", "…")) for line in lines) / len(lines)


def gopher_alphabetic_words(facts: TextFacts) -> float | None:
    """The share of words with a letter in them."""
    if not facts.spaced or not facts.words:
        return None
    return sum(word.isalpha() or _LETTER.search(word) is not None for word in facts.words) / len(facts.words)


def gopher_stop_words(facts: TextFacts) -> float | None:
    """How many of eight English stop words there are; of a text in another language this says nothing."""
    if facts.language != "en":
        return None
    return len(_STOP_WORDS.intersection(facts.words))


_RANK = 3
MEMBERS = (
    make_rule(_RANK, gopher_word_count, Limits(min=50, max=100_000)),
    make_rule(_RANK, gopher_mean_word_length, Limits(min=3, max=10)),
    make_rule(_RANK, gopher_hashes, Limits(max=0.1)),
    make_rule(_RANK, gopher_ellipses, Limits(max=0.1)),
    make_rule(_RANK, gopher_bullet_lines, Limits(max=0.9)),
    make_rule(_RANK, gopher_ellipsis_lines, Limits(max=0.3)),
    make_rule(_RANK, gopher_alphabetic_words, Limits(min=0.8)),
    make_rule(_RANK, gopher_stop_words, Limits(min=2)),
)
