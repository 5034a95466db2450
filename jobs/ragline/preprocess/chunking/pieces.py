"""The smallest parts that chunks are put together from: blocks, or parts of a block too large for one chunk."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ragline.preprocess.chunking.markdown_blocks import Block

# A tokenizer may make one token of any very long word; such text has to be cut all the same.
CHARACTERS_PER_TOKEN = 16

Range = tuple[int, int]

_AFTER = {
    "paragraphs": re.compile(r"\n\s*\n"),
    "lines": re.compile(r"\n"),
    # After a full stop and what closes with it, unless a small letter follows ("e.g. this"); after those of Chinese and Japanese.
    "sentences": re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?![a-z\s])|[。！？]+[」』”’）]*"),
    "words": re.compile(r"\s+"),
}
_PROSE = ("sentences", "words", "characters")
_CUTS = {
    "list": ("items", "paragraphs", *_PROSE),
    "table": ("lines", "words", "characters"),
    "code": ("paragraphs", "lines", "words", "characters"),
    "html": ("paragraphs", "lines", *_PROSE),
}


# Tokens of each text, special tokens left out.
Measure = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True)
class Piece:
    """A part of the text and how much of a chunk it takes; ``cuts`` are the ways left to cut it, coarse to fine."""

    start: int
    end: int
    weight: int
    cuts: tuple[str, ...]


def block_pieces(text: str, blocks: Sequence[Block], limit: int, measure: Measure) -> Iterator[Piece]:
    """The blocks as pieces of at most ``limit`` tokens each, cut where that harms least."""
    weights = _weights(text, [(block.start, block.end) for block in blocks], measure)
    for block, weight in zip(blocks, weights, strict=True):
        cuts = _CUTS.get(block.kind, _PROSE)
        if weight <= limit:
            yield Piece(block.start, block.end, weight, tuple(cut for cut in cuts if cut != "items"))
        elif block.items:
            items = _ranges([block.start, *block.items[1:], block.end])
            yield from _fitted(text, items, cuts[1:], limit, measure)
        else:
            yield from _fitted(text, [(block.start, block.end)], cuts, limit, measure)


def cut_piece(text: str, piece: Piece, limit: int, measure: Measure) -> list[Piece]:
    """A piece cut into smaller ones, also if it is not heavier than the limit; itself if it is one character."""
    for position, cut in enumerate(piece.cuts):
        ranges = _cut(text, piece.start, piece.end, cut, limit)
        if len(ranges) > 1:
            left = piece.cuts[position:] if cut == "characters" else piece.cuts[position + 1 :]
            return list(_fitted(text, ranges, left, limit, measure))
    return [piece]


def _fitted(text: str, ranges: Sequence[Range], cuts: tuple[str, ...], limit: int, measure: Measure) -> Iterator[Piece]:
    for (start, end), weight in zip(ranges, _weights(text, ranges, measure), strict=True):
        piece = Piece(start, end, weight, cuts)
        if weight <= limit or not cuts:
            yield piece
        else:
            yield from cut_piece(text, piece, limit, measure)


def _weights(text: str, ranges: Sequence[Range], measure: Measure) -> list[int]:
    tokens = measure([text[start:end] for start, end in ranges])
    return [max(count, -((start - end) // CHARACTERS_PER_TOKEN)) for count, (start, end) in zip(tokens, ranges, strict=True)]


def _cut(text: str, start: int, end: int, cut: str, limit: int) -> list[Range]:
    if cut == "characters":
        # No code point takes more than four tokens (the bytes of its UTF-8 form).
        step = max(1, min(limit // 4, (end - start) // 2))
        return _ranges([*range(start, end, step), end])
    found = (match.end() for match in _AFTER[cut].finditer(text, start, end))
    return _ranges([start, *(position for position in found if start < position < end), end])


def _ranges(points: Sequence[int]) -> list[Range]:
    return list(zip(points, points[1:], strict=False))
