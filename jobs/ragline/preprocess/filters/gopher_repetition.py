"""The repetition rules of Gopher: Rae et al. 2021, arXiv:2112.11446, table A1.

Each returns the number that its limits are held against, or None where it has nothing to say.
"""

from ragline.config.filters import Limits
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


def gopher_duplicate_ngrams(n: int, facts: TextFacts, limits: Limits) -> float | None:
    """The share of characters in n-grams of words that were there before; 0 if it is surely within the limit."""
    if not facts.spaced:
        return None
    allowed = (limits.max or 0) * len(facts.text)
    return facts.ngrams.repeated_characters(n, allowed) / max(1, len(facts.text))
