"""Cut a document into a few sentences at a time, each time with those around them."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from ragline.config.chunking import ChunkSettings, StrategyOptions
from ragline.preprocess.chunking.chunker import Passage
from ragline.preprocess.chunking.passages import PassageMaker, Range
from ragline.preprocess.chunking.pieces import Piece
from ragline.preprocess.chunking.section_reader import SectionReader
from ragline.preprocess.chunking.strategy import Strategy
from ragline.preprocess.chunking.token_counter import TokenCounter
from ragline.preprocess.chunking.token_index import TokenIndex


class SentenceWindowOptions(StrategyOptions):
    """``centre_sentences`` are taken at a time, with ``window_sentences`` on either side."""

    always_dumped = True

    centre_sentences: Annotated[int, Field(ge=1, le=100)] = 3
    window_sentences: Annotated[int, Field(ge=0, le=100)] = 1


class SentenceWindowChunker:
    """Chunks of ``centre_sentences`` sentences (rows of a table, lines of code) and ``window_sentences`` before and after.

    Each sentence is in the centre of one chunk and in the windows of its neighbours, as far as ``max_tokens`` allows: what
    lies farther off is left out first, and a centre that does not fit is cut. No window reaches across a heading.
    """

    def __init__(self, settings: ChunkSettings, counter: TokenCounter) -> None:
        options = settings.options(SentenceWindowOptions)
        self._centre, self._window = options.centre_sentences, options.window_sentences
        self._passages = PassageMaker(settings, counter)
        self._reader = SectionReader(settings, counter, self._passages)

    def shorten_title(self, title: str) -> str:
        """A title that leaves room for text in every chunk that it leads."""
        return self._passages.shorten_title(title)

    def chunk(self, text: str, title: str) -> Iterator[Passage]:
        """The passages of a cleaned text, in order of their centres; they overlap by their windows."""
        for section in self._reader.read(text, title):
            sentences = list(section.pieces(text, 1))
            ranges = self._windows(sentences, section.limit, section.index)
            yield from self._passages.make(text, title, section.headings, ranges)

    def _windows(self, sentences: Sequence[Piece], limit: int, index: TokenIndex) -> Iterator[Range]:
        first = 0
        while first < len(sentences):
            last = first
            while last + 1 < min(first + self._centre, len(sentences)):
                if index.weight(sentences[first].start, sentences[last + 1].end) > limit:
                    break
                last += 1
            yield self._widened(sentences, first, last, limit, index)
            first = last + 1

    def _widened(self, sentences: Sequence[Piece], first: int, last: int, limit: int, index: TokenIndex) -> Range:
        start, end = sentences[first].start, sentences[last].end
        for distance in range(1, self._window + 1):
            before, after = first - distance, last + distance
            if before >= 0 and index.weight(sentences[before].start, end) <= limit:
                start = sentences[before].start
            if after < len(sentences) and index.weight(start, sentences[after].end) <= limit:
                end = sentences[after].end
        return start, end


MEMBERS = (
    Strategy("sentence_window", 3, SentenceWindowOptions, lambda settings, counter, _: SentenceWindowChunker(settings, counter)),
)
