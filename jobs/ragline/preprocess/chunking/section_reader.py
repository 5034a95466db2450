"""The sections of a text with what leads each one's chunks, and how much room that leaves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from ragline.config.chunking import ChunkSettings
from ragline.contracts.chunk_text import encoder_input
from ragline.preprocess.chunking.markdown_blocks import Block, markdown_blocks
from ragline.preprocess.chunking.passages import PassageMaker
from ragline.preprocess.chunking.pieces import Piece, section_pieces
from ragline.preprocess.chunking.sections import Section, sections
from ragline.preprocess.chunking.token_counter import TokenCounter
from ragline.preprocess.chunking.token_index import TokenIndex

# The largest parts of a chunk's tokens that one heading, and its whole prefix may take.
_HEADING_SHARE, _PREFIX_SHARE = 8, 2


@dataclass(frozen=True)
class SectionText:
    """What is to be chunked of one section: blocks, the headings above them, and the tokens that a chunk has for text."""

    headings: tuple[str, ...]
    body: tuple[Block, ...]
    limit: int
    index: TokenIndex

    def pieces(self, text: str, smallest: int) -> Iterator[Piece]:
        """The section in parts that fit, put together as long as they have fewer than ``smallest`` tokens."""
        return section_pieces(text, self.body, self.limit, smallest, self.index)


class SectionReader:
    """Reads a text section by section, never holding more than two of them."""

    def __init__(self, settings: ChunkSettings, counter: TokenCounter, passages: PassageMaker) -> None:
        self._prefix = settings.heading_prefix
        self._max_tokens = settings.max_tokens
        self._passages = passages
        self._counter = counter

    def read(self, text: str, title: str) -> Iterator[SectionText]:
        """The sections that have something to chunk; together they cover all of the text but blanks and the headings
        that stand in ``headings``."""
        parts = sections(self._without_long_headings(markdown_blocks(text)))
        # A section's heading may be said by the prefix of the next one.
        for part, below in pairwise(chain(parts, (Section((), ()),))):
            path = self._path(title, part)
            if body := self._body(part, self._path(title, below)):
                headings = tuple(heading.title for heading in path)
                index = TokenIndex(text, body[0].start, body[-1].end, self._counter)
                yield SectionText(headings, body, self._passages.room(title, headings), index)

    def _without_long_headings(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """A "heading" of many words is a paragraph that somebody underlined."""
        longest = self._max_tokens // _HEADING_SHARE
        for block in blocks:
            is_long = block.kind == "heading" and self._counter.measure([block.title])[0] > longest
            yield Block("paragraph", block.start, block.end) if is_long else block

    def _path(self, title: str, part: Section) -> tuple[Block, ...]:
        """The section's headings, without the outermost where all would take too much of a chunk."""
        path = part.headings
        while len(path) > 1 and self._prefix:
            lead = encoder_input(title, [heading.title for heading in path], "")
            if self._counter.measure([lead])[0] <= self._max_tokens // _PREFIX_SHARE:
                break
            path = path[1:]
        return path

    def _body(self, part: Section, below: tuple[Block, ...]) -> tuple[Block, ...]:
        """What is chunked of a section: its heading too, unless the prefix of this or the next section says it."""
        if not part.headings:
            return part.body
        heading = part.headings[-1]
        if not self._prefix:
            return (heading, *part.body)
        if all(block.kind == "rule" for block in part.body):
            return () if heading in below else (heading,)
        return part.body
