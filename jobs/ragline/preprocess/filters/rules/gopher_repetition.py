"""The repetition rules of Gopher: Rae et al. 2021, arXiv:2112.11446, table A1.

Each returns the number that its limits are held against, or None where it has nothing to say.
"""

from functools import partial

from ragline.config.filters import Limits
from ragline.preprocess.filters.rule import Rule, make_rule
from ragline.preprocess.filters.text_facts import TextFacts


def gopher_duplicate_paragraphs(facts: TextFacts) -> float:
    """The share of paragraphs that were there before."""
    return facts.repeated_paragraphs.share


def gopher_duplicate_paragraph_characters(facts: TextFacts) -> float:
    """The share of characters in them."""
    return facts.repeated_paragraphs.characters / max(1, len(facts.text))


def gopher_duplicate_lines(facts: TextFacts) -> float:
    """The share of lines that were there before."""
    return facts.repeated_lines.share


def gopher_duplicate_line_characters(facts: TextFacts) -> float:
    """The share of characters in them."""
    return facts.repeated_lines.characters / max(1, len(facts.text))


def gopher_top_ngrams(facts: TextFacts, n: int) -> float | None:
    """The share of characters in the most frequent n-gram of words."""
    return facts.ngrams.top_characters(n) / max(1, len(facts.text)) if facts.spaced else None


def gopher_duplicate_ngrams(facts: TextFacts, limits: Limits, n: int) -> float | None:
    """The share of characters in n-grams of words that were there before; 0 if it is surely within the limit."""
    if not facts.spaced:
        return None
    allowed = (limits.max or 0) * len(facts.text)
    return facts.ngrams.repeated_characters(n, allowed) / max(1, len(facts.text))


_RANK = 2


def _top_ngrams(n: int, share: float) -> Rule:
    return make_rule(_RANK, partial(gopher_top_ngrams, n=n), Limits(max=share), name=f"gopher_top_{n}_grams")


def _duplicate_ngrams(n: int, share: float) -> Rule:
    limits = Limits(max=share)
    return Rule(f"gopher_duplicate_{n}_grams", _RANK, partial(gopher_duplicate_ngrams, n=n), limits, {"web": limits})


# A handbook repeats lines, a price list has no sentences: in the preset "documents" only what repeats nearly all of itself goes.
MEMBERS = (
    make_rule(_RANK, gopher_duplicate_paragraphs, Limits(max=0.3)),
    make_rule(_RANK, gopher_duplicate_paragraph_characters, Limits(max=0.2), documents=Limits(max=0.9)),
    make_rule(_RANK, gopher_duplicate_lines, Limits(max=0.3)),
    make_rule(_RANK, gopher_duplicate_line_characters, Limits(max=0.2), documents=Limits(max=0.95)),
    *(_top_ngrams(n, share) for n, share in ((2, 0.2), (3, 0.18), (4, 0.16))),
    *(_duplicate_ngrams(n, share) for n, share in ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.1))),
)
