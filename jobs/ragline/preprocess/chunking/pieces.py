"""The smallest parts that chunks are put together from, and how much harm a cut after each of them does."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ragline.preprocess.chunking.markdown_blocks import Block
from ragline.preprocess.chunking.passages import Range
from ragline.preprocess.chunking.token_index import TokenIndex

_AFTER = {
    "paragraphs": re.compile(r"\n\s*\n"),
    "lines": re.compile(r"\n"),
    # After a full stop and what closes with it, unless a small letter follows ("e.g. this") a short word; after those of
    # Chinese and Japanese.
    "sentences": re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?![a-z\s])|(?<=\w{4}[.!?])\s+(?=[a-z])|[。！？]+[」』”’）]*"),
}
_PROSE = ("sentences",)
_CUTS = {
    "list": ("items", "paragraphs", "sentences"),
    "table": ("lines",),
    "code": ("paragraphs", "lines"),
    "html": ("paragraphs", "lines", "sentences"),
}
# What a cut costs, in the measure of packing.py: nothing between blocks, much within a sentence or after "For example:".
_HARM = {"items": 0.2, "paragraphs": 0.2, "lines": 0.4, "sentences": 0.8, "words": 1.6}
_LEADS_IN = 1.6
# Text broken into lines of a given width has no longer ones; in other text a line's end is a paragraph's.
_UNWRAPPED = re.compile(r"[^\n]{121}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text, and what a cut after it costs."""

    start: int
    end: int
    harm: float


def section_pieces(text: str, blocks: Iterable[Block], limit: int, smallest: int, index: TokenIndex) -> Iterator[Piece]:
    """The blocks in pieces of at most ``limit`` tokens each, as small as can be without harm to sentences, rows and lines;
    those of one block that have fewer than ``smallest`` tokens are put together."""
    for block in blocks:
        start = block.start
        for end, harm in _joined(start, _ends(text, block, limit, index), limit, smallest, index):
            last = 0.0 if end == block.end else harm
            yield Piece(start, end, last + _LEADS_IN * _leads_in(text, start, end))
            start = end


def _ends(text: str, block: Block, limit: int, index: TokenIndex) -> Iterator[tuple[int, float]]:
    cuts = _CUTS.get(block.kind, _PROSE)
    if block.kind == "paragraph" and _is_unwrapped(text, block):
        cuts = ("lines", *cuts)
    yield from _cut(text, block, (block.start, block.end), cuts, limit, index)


def _cut(text: str, block: Block, part: Range, cuts: Sequence[str], limit: int, index: TokenIndex) -> Iterator[tuple[int, float]]:
    """Where the parts of a part end, and the harm of cutting there; the last is the part's own end, without harm."""
    if not cuts:
        yield from _filled(part, limit, index, text)
        return
    start = part[0]
    for end in _points(text, block, part, cuts[0]):
        yield from ((inner, harm) for inner, harm in _cut(text, block, (start, end), cuts[1:], limit, index) if inner < end)
        yield end, _HARM[cuts[0]]
        start = end


def _points(text: str, block: Block, part: Range, cut: str) -> Iterator[int]:
    start, end = part
    if cut == "items":
        yield from (item for item in block.items if start < item < end)
    else:
        yield from (match.end() for match in _AFTER[cut].finditer(text, start, end) if start < match.end() < end)
    yield end


def _filled(part: Range, limit: int, index: TokenIndex, text: str) -> Iterator[tuple[int, float]]:
    """Cut what has no better place to cut and does not fit, at the ends of lines or words if there are any."""
    start, end = part
    while index.weight(start, end) > limit:
        reach = index.reach(start, end, limit)
        line, word = text.rfind("\n", start, reach) + 1, text.rfind(" ", start, reach) + 1
        blank = line if line > (start + reach) // 2 else max(line, word)
        start = blank if text[start:blank].strip() else reach
        yield start, _HARM["words"]
    yield end, 0.0


def _joined(
    start: int, ends: Iterable[tuple[int, float]], limit: int, smallest: int, index: TokenIndex
) -> Iterator[tuple[int, float]]:
    """Leave out ends that come too soon after the one before; the last one stays."""
    held: tuple[int, float] | None = None
    for end, harm in ends:
        if held and (index.weight(start, held[0]) >= smallest or index.weight(start, end) > limit):
            yield held
            start = held[0]
        held = (end, harm)
    if held:
        yield held


def _is_unwrapped(text: str, block: Block) -> bool:
    return _UNWRAPPED.search(text, block.start, block.end) is not None


def _leads_in(text: str, start: int, end: int) -> bool:
    return text[start:end].rstrip().endswith(":")
