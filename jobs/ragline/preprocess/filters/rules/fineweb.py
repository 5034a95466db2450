"""The rules that FineWeb adds: Penedo et al. 2024, arXiv:2406.17557, section 3.6.

Each returns the number that its limits are held against, or None where it has nothing to say.
"""

from ragline.config.filters import Limits
from ragline.preprocess.filters.rule import make_rule
from ragline.preprocess.filters.text_facts import Repeats, TextFacts

_SHORT = 30
# The full stops, exclamation and question marks of the scripts in use.
_TERMINAL = tuple(".!?。！？｡．؟۔।॥።։၊။។៕᠃᠉܂߹")


def fineweb_punctuated_lines(facts: TextFacts) -> float | None:
    """The share of lines that end with the end of a sentence."""
    return sum(line.endswith(_TERMINAL) for line in facts.lines) / len(facts.lines) if facts.lines else None


def fineweb_duplicate_line_characters(facts: TextFacts) -> float | None:
    """The share of characters in lines that were there before."""
    characters = len(facts.text) - facts.text.count("\n")
    return Repeats.among(facts.lines).characters / characters if facts.lines else None


def fineweb_short_lines(facts: TextFacts) -> float | None:
    """The share of lines of 30 characters and less."""
    return sum(len(line) <= _SHORT for line in facts.lines) / len(facts.lines) if facts.lines else None


def fineweb_newlines(facts: TextFacts) -> float | None:
    """Line ends per word."""
    return facts.text.count("\n") / len(facts.words) if facts.spaced and facts.words else None


_RANK = 5
MEMBERS = (
    make_rule(_RANK, fineweb_punctuated_lines, Limits(min=0.12)),
    make_rule(_RANK, fineweb_duplicate_line_characters, Limits(max=0.01)),
    make_rule(_RANK, fineweb_short_lines, Limits(max=0.67)),
    make_rule(_RANK, fineweb_newlines, Limits(max=0.3)),
)
