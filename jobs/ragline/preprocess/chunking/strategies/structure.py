"""Cut a document into chunks along its structure."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from ragline.config.chunking import ChunkSettings, StrategyOptions
from ragline.preprocess.chunking.chunker import Passage
from ragline.preprocess.chunking.packing import Size, pack
from ragline.preprocess.chunking.passages import PassageMaker
from ragline.preprocess.chunking.section_reader import SectionReader
from ragline.preprocess.chunking.strategy import Strategy
from ragline.preprocess.chunking.token_counter import TokenCounter

# Pieces below this part of the wanted size are not told apart.
_SMALLEST_SHARE = 12


class StructureOptions(StrategyOptions):
    """``target_tokens``: the size that whole paragraphs, lists, tables are put together to; default: half of ``max_tokens``."""

    always_dumped = True

    target_tokens: Annotated[int, Field(ge=8, le=8192)] | None = None


class StructureChunker:
    """Chunks of at most ``max_tokens`` tokens, as the encoder counts them, prefix and special tokens included.

    A chunk never crosses a heading, so an edit in one section leaves the others' chunks alone. Within a section blocks
    are kept whole where they fit and put together to about ``target_tokens``, half the limit by default; larger ones are
    cut at items, lines, sentences, words. Headings lead their chunks as a prefix; they are part of a chunk's own text only
    where no prefix says them.
    """

    def __init__(self, settings: ChunkSettings, counter: TokenCounter) -> None:
        self._target = settings.options(StructureOptions).target_tokens or settings.max_tokens // 2
        self._passages = PassageMaker(settings, counter)
        self._reader = SectionReader(settings, counter, self._passages)

    def shorten_title(self, title: str) -> str:
        """A title that leaves room for text in every chunk that it leads."""
        return self._passages.shorten_title(title)

    def chunk(self, text: str, title: str) -> Iterator[Passage]:
        """The passages of a cleaned text, in order; together they cover all of it but blanks and the headings that
        stand in a ``heading_path``."""
        for section in self._reader.read(text, title):
            size = Size(min(self._target, section.limit), section.limit)
            ranges = pack(section.pieces(text, size.wanted // _SMALLEST_SHARE), size, section.index)
            yield from self._passages.make(text, title, section.headings, ranges)


MEMBERS = (Strategy("structure", 1, StructureOptions, lambda settings, counter, _: StructureChunker(settings, counter)),)
