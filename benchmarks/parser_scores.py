"""How near a conversion comes to the ground truth: its words in order, and its table cells."""

import html
import re
import unicodedata
from collections import Counter

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HTML_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL | re.IGNORECASE)
_HTML_CELL = re.compile(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_RULE = re.compile(r"^[\s|:-]+$", re.MULTILINE)
_SPLIT = re.compile(r"(?<!\\)\|")


def words_of(markdown: str) -> list[str]:
    """The words a reader sees, folded: no markup, no punctuation, no case."""
    text = _TAG.sub(" ", _RULE.sub(" ", _LINK.sub(r"\1", _IMAGE.sub(" ", _COMMENT.sub(" ", markdown)))))
    return re.findall(r"\w+", unicodedata.normalize("NFKC", html.unescape(text)).replace("_", " ").casefold())


def cells_of(markdown: str) -> Counter[str]:
    """Every cell with words in it, of Markdown and of HTML tables."""
    found: Counter[str] = Counter()
    for row in _HTML_ROW.findall(markdown):
        found.update(" ".join(words_of(cell)) for cell in _HTML_CELL.findall(row))
    for line in markdown.splitlines():
        line = line.strip()
        if line.startswith("|") and line.endswith("|") and len(line) > 1 and not _RULE.fullmatch(line):
            found.update(" ".join(words_of(cell)) for cell in _SPLIT.split(line)[1:-1])
    del found[""]
    return found


def text_similarity(truth: str, text: str) -> float:
    """Normalised indel similarity of the two sequences of words: 1 - (insertions + deletions) / (all words)."""
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_similarity(words_of(truth), words_of(text)))


def cell_f1(truth: str, text: str) -> float | None:
    """F1 over the multiset of table cells; None where the ground truth has no table."""
    expected, found = cells_of(truth), cells_of(text)
    if not expected:
        return None
    return 2 * (expected & found).total() / (expected.total() + found.total())
