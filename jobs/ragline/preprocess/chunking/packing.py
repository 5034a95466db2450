"""Put pieces together to chunks of a wanted size, cutting where it harms least."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ragline.preprocess.chunking.passages import Range
from ragline.preprocess.chunking.pieces import Piece
from ragline.preprocess.chunking.token_index import CHARACTERS_PER_TOKEN, TokenIndex

# Pieces that are looked at together; a longer section is packed from its start to its end, so many at a time.
_TOGETHER = 1024
# So many chunks at the end of those could still change with what follows.
_UNSETTLED = 8


@dataclass(frozen=True)
class Size:
    """Tokens that a chunk should have, and that it may have."""

    wanted: int
    limit: int


def pack(pieces: Iterable[Piece], size: Size, index: TokenIndex) -> Iterator[Range]:
    """Ranges of at most ``size.limit`` tokens that hold whole pieces, all of them in order.

    Of all ways to cut it takes the one of least cost: for each chunk the square of how far, in parts of the wanted size, it
    is from it, and the harm of the cut at its end. Source of the method: Knuth and Plass, "Breaking paragraphs into lines",
    1981.
    """
    waiting: list[Piece] = []
    for piece in pieces:
        waiting.append(piece)
        if len(waiting) == _TOGETHER:
            cuts = _best_cuts(waiting, size, index)
            settled = cuts[: max(1, len(cuts) - _UNSETTLED)]
            yield from _ranges(waiting, settled)
            waiting = waiting[settled[-1] :]
    yield from _ranges(waiting, _best_cuts(waiting, size, index))


def _best_cuts(pieces: Sequence[Piece], size: Size, index: TokenIndex) -> list[int]:
    """After how many pieces to cut, the end included."""
    if not pieces:
        return []
    points = [pieces[0].start, *(piece.end for piece in pieces)]
    tokens = [index.tokens_before(point) for point in points]
    costs, came_from = [0.0], [0]
    for end in range(1, len(points)):
        best, best_start = float("inf"), end - 1
        for start in range(end - 1, -1, -1):
            weight = max(tokens[end] - tokens[start], (points[end] - points[start]) // CHARACTERS_PER_TOKEN)
            if weight > size.limit and start < end - 1:
                break
            cost = costs[start] + (weight / size.wanted - 1) ** 2
            if cost < best:
                best, best_start = cost, start
        costs.append(best + pieces[end - 1].harm)
        came_from.append(best_start)
    cuts = [len(pieces)]
    while came_from[cuts[-1]]:
        cuts.append(came_from[cuts[-1]])
    return cuts[::-1]


def _ranges(pieces: Sequence[Piece], cuts: Sequence[int]) -> Iterator[Range]:
    for first, last in zip([0, *cuts], cuts, strict=False):
        yield pieces[first].start, pieces[last - 1].end
