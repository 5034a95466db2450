"""Remove held-out lines from a text: those that evaluation asks as queries, and that would give the answer away."""

import re
from collections.abc import Sequence

from ragline.contracts.known_items import normalise_query
from ragline.ingest.extract.parse.brackets import up_to

_WORDS, _ADDRESS = up_to(r"\]"), up_to(")")
_LINK = re.compile(rf"!?\[({_WORDS})\](?:\({_ADDRESS}\)|\[{_WORDS}\])")
_LEADING_MARKS = re.compile(r"^[\s>#*+\-|]+")
_MARKS = re.compile(r"[*_`~|\\]|</?[a-zA-Z][^<>]*+(?:<[^<>]*+){0,4}+>")


def remove_lines(text: str, held_out: Sequence[str]) -> str:
    """``text`` without the lines, and the paragraphs wrapped over several lines, that hold no more than one of ``held_out``.

    Compared without markup, case, spacing and a closing full stop.
    """
    bare_lines = {bare for line in held_out if (bare := _bare(line))}
    if not bare_lines:
        return text
    return "".join(piece for paragraph in _paragraphs(text) for piece in _kept(paragraph, bare_lines))


def remove_from_pages(text: str, page_starts: tuple[int, ...], held_out: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """The same for a text of pages, whose starts move with what is taken out."""
    if not any(_bare(line) for line in held_out):
        return text, page_starts
    if not page_starts:
        return remove_lines(text, held_out), page_starts
    ends = (*page_starts[1:], len(text))
    pages = [remove_lines(text[start:end], held_out) for start, end in zip(page_starts, ends, strict=True)]
    starts = [0]
    for page in pages[:-1]:
        starts.append(starts[-1] + len(page))
    return "".join(pages), tuple(starts)


def _paragraphs(text: str) -> list[list[str]]:
    """Runs of lines between empty ones; an empty line is a paragraph of its own."""
    found: list[list[str]] = [[]]
    for line in text.splitlines(keepends=True):
        if line.strip():
            found[-1].append(line)
        else:
            found += [[line], []]
    return found


def _kept(paragraph: list[str], bare_lines: set[str]) -> list[str]:
    if _bare(" ".join(paragraph)) in bare_lines:
        return []
    return [line for line in paragraph if _bare(line) not in bare_lines]


def _bare(line: str) -> str:
    words = _MARKS.sub("", _LINK.sub(r"\1", _LEADING_MARKS.sub("", line)))
    return normalise_query(words).rstrip(".!: ")
