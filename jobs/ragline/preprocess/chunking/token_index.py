"""Where a text's tokens are, found once, so that the size of any part of it costs two binary searches."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator

from ragline.preprocess.chunking.token_counter import TokenCounter

# A tokenizer may make one token of any very long word; such text has to be cut all the same.
CHARACTERS_PER_TOKEN = 16

# What is tokenized at once: long enough to cost little, short enough that no text takes much memory.
_STRETCH = 4096
_BATCH = 64


class TokenIndex:
    """The tokens of ``text[start:end]``. Only that part of the text shapes it."""

    def __init__(self, text: str, start: int, end: int, counter: TokenCounter) -> None:
        self._starts = array("q")
        stretches = list(_stretches(text, start, end))
        for first in range(0, len(stretches), _BATCH):
            batch = stretches[first : first + _BATCH]
            for (begin, _), starts in zip(batch, counter.starts([text[a:b] for a, b in batch]), strict=True):
                self._starts.extend(begin + offset for offset in starts)

    def tokens_before(self, position: int) -> int:
        """Tokens that start before a position."""
        return bisect_left(self._starts, position)

    def weight(self, start: int, end: int) -> int:
        """Tokens that start in the range, or more where its words are too long to be read."""
        tokens = self.tokens_before(end) - self.tokens_before(start)
        return max(tokens, -((start - end) // CHARACTERS_PER_TOKEN))

    def reach(self, start: int, end: int, tokens: int) -> int:
        """How far from ``start`` towards ``end`` a range may go that weighs at most ``tokens``; one character at least."""
        last = self.tokens_before(start) + tokens
        limit = self._starts[last] if last < len(self._starts) else end
        return max(start + 1, min(limit, end, start + tokens * CHARACTERS_PER_TOKEN))


def _stretches(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut at blanks, where there are some."""
    while start < end:
        stop = min(start + _STRETCH, end)
        if stop < end:
            blank = max(text.rfind(" ", start, stop), text.rfind("\n", start, stop)) + 1
            stop = blank if blank > start else stop
        yield start, stop
        start = stop
