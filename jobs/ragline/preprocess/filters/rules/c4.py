"""The rules of C4: Raffel et al. 2020, JMLR 21(140), section 2.2, in the order of its reference implementation (c4_utils.py of
TensorFlow Datasets). The lines that C4 takes out of a page count for nothing here, but stay in the document. Its list of bad
words is left out.

Each returns the number that its limits are held against.
"""

import re

from ragline.config.filters import Limits
from ragline.preprocess.filters.rule import make_rule
from ragline.preprocess.filters.text_facts import TextFacts

_POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
_SENTENCE_END = re.compile(r"(?<![.?!])[.?!]++[\"'’”)\]]*+(?=\s|$)")


def c4_lorem_ipsum(facts: TextFacts) -> float:
    """Sentences with the placeholder text in them."""
    return sum("lorem ipsum" in line.lower() for line in facts.sentence_lines)


def c4_curly_bracket(facts: TextFacts) -> float:
    """Sentences with a curly bracket, which C4 takes for code."""
    return sum("{" in line for line in facts.sentence_lines if "javascript" not in line.lower())


def c4_sentences(facts: TextFacts) -> float:
    """Sentences in the lines that C4 would keep."""
    kept = (line for line in facts.sentence_lines if not _unwanted(line.lower()))
    return sum(max(1, len(_SENTENCE_END.findall(line))) for line in kept)


def _unwanted(line: str) -> bool:
    return "javascript" in line or any(phrase in line for phrase in _POLICY)


_RANK = 4
MEMBERS = (
    make_rule(_RANK, c4_lorem_ipsum, Limits(max=0)),
    make_rule(_RANK, c4_curly_bracket, Limits(max=0)),
    make_rule(_RANK, c4_sentences, Limits(min=5)),
)
