"""Cut a document at ever finer separators."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from ragline.config.chunking import ChunkSettings, StrategyOptions
from ragline.preprocess.chunking.chunker import Passage
from ragline.preprocess.chunking.passages import PassageMaker, Range
from ragline.preprocess.chunking.strategy import Strategy
from ragline.preprocess.chunking.token_counter import TokenCounter
from ragline.preprocess.chunking.token_index import TokenIndex


class RecursiveOptions(StrategyOptions):
    """``separators``: where to cut, the first ones first. ``overlap_tokens``: what neighbouring chunks share."""

    always_dumped = True

    overlap_tokens: Annotated[int, Field(ge=0, le=4096)] = 0
    separators: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)] = (
        "\n\n",
        "\n",
        ".",
        "?",
        "!",
        " ",
    )

    def check(self, max_tokens: int) -> None:
        """The overlap leaves room for something new."""
        self.at_most_half("overlap_tokens", max_tokens)


class RecursiveChunker:
    """Chunks of parts between separators, as many together as fit; a part that does not fit is cut at finer separators.

    Source of the method: LangChain's ``RecursiveCharacterTextSplitter``. A separator stays with the part before it, and
    chunks are ranges of the text, where LangChain's are texts whose place has to be searched for.
    """

    def __init__(self, settings: ChunkSettings, counter: TokenCounter) -> None:
        self._passages = PassageMaker(settings, counter)
        self._counter = counter
        options = settings.options(RecursiveOptions)
        self._overlap = options.overlap_tokens
        self._separators = [re.compile(re.escape(separator)) for separator in options.separators]

    def shorten_title(self, title: str) -> str:
        """A title that leaves room for text in every chunk that it leads."""
        return self._passages.shorten_title(title)

    def chunk(self, text: str, title: str) -> Iterator[Passage]:
        """The passages of a cleaned text, in order; they cover all of it but blanks, and overlap as configured."""
        index = TokenIndex(text, 0, len(text), self._counter)
        ranges = self._cut(text, (0, len(text)), self._separators, self._passages.room(title), index)
        yield from self._passages.make(text, title, (), ranges)

    def _cut(
        self, text: str, whole: Range, separators: Sequence[re.Pattern[str]], limit: int, index: TokenIndex
    ) -> Iterator[Range]:
        found = [number for number, separator in enumerate(separators) if separator.search(text, *whole)]
        if not found:
            yield from _fill(whole, limit, index)
            return
        finer = separators[found[0] + 1 :]
        together = _Window(limit, self._overlap, index)
        for part in _parts(separators[found[0]], text, whole):
            if index.weight(*part) <= limit:
                yield from together.add(part)
            else:
                yield from together.close()
                yield from self._cut(text, part, finer, limit, index)
        yield from together.close()


class _Window:
    """Neighbouring parts that make up the chunk being filled."""

    def __init__(self, limit: int, overlap: int, index: TokenIndex) -> None:
        self._limit, self._overlap, self._index = limit, overlap, index
        self._parts: deque[Range] = deque()

    def add(self, part: Range) -> Iterator[Range]:
        """Take in a part; give out the chunk that it no longer fits in, of which the overlap stays."""
        if self._parts and self._weight(part[1]) > self._limit:
            yield self._parts[0][0], self._parts[-1][1]
            while self._parts and (self._weight() > self._overlap or self._weight(part[1]) > self._limit):
                self._parts.popleft()
        self._parts.append(part)

    def close(self) -> Iterator[Range]:
        """Give out what is left."""
        if self._parts:
            yield self._parts[0][0], self._parts[-1][1]
        self._parts.clear()

    def _weight(self, end: int | None = None) -> int:
        return self._index.weight(self._parts[0][0], end or self._parts[-1][1])


def _parts(separator: re.Pattern[str], text: str, whole: Range) -> Iterator[Range]:
    start, end = whole
    for match in separator.finditer(text, start, end):
        yield start, match.end()
        start = match.end()
    if start < end:
        yield start, end


def _fill(whole: Range, limit: int, index: TokenIndex) -> Iterator[Range]:
    start, end = whole
    while start < end:
        stop = index.reach(start, end, limit)
        yield start, stop
        start = stop


MEMBERS = (Strategy("recursive", 2, RecursiveOptions, lambda settings, counter, _: RecursiveChunker(settings, counter)),)
