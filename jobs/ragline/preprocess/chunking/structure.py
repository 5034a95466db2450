"""Cut a document into chunks along its structure."""

from collections.abc import Iterable, Iterator, Sequence

from ragline.contracts.chunk_text import encoder_input
from ragline.preprocess.chunking.chunker import Passage
from ragline.preprocess.chunking.markdown_blocks import Block, markdown_blocks
from ragline.preprocess.chunking.pieces import Piece, block_pieces, cut_piece
from ragline.preprocess.chunking.sections import Section, sections
from ragline.preprocess.chunking.token_counter import TokenCounter
from ragline.runtime.preprocess_settings import ChunkSettings

# The largest parts of a chunk's tokens that its title, one heading, and its whole prefix may take.
_TITLE_SHARE, _HEADING_SHARE, _PREFIX_SHARE = 4, 8, 2
# A last chunk below this part of the limit takes over some of the one before it.
_SMALL_SHARE = 4


class StructureChunker:
    """Chunks of at most ``max_tokens`` tokens, as the encoder counts them, prefix and special tokens included.

    A chunk never crosses a heading, so an edit in one section leaves the others' chunks alone. Within a section blocks
    are kept whole where they fit and packed greedily; larger ones are cut at items, blank lines, sentences, words.
    Headings lead their chunks as a prefix; they are part of a chunk's own text only where no prefix says them.
    """

    def __init__(self, settings: ChunkSettings, counter: TokenCounter) -> None:
        self._prefix = settings.heading_prefix
        self._max_tokens = settings.max_tokens
        self._counter = counter

    def shorten_title(self, title: str) -> str:
        """A title that leaves room for text in every chunk that it leads."""
        return self._counter.shorten(title, self._max_tokens // _TITLE_SHARE) if self._prefix else title

    def chunk(self, text: str, title: str) -> Iterator[Passage]:
        """The passages of a cleaned text, in order; together they cover all of it but blanks and the headings that
        stand in a ``heading_path``."""
        parts = sections(self._without_long_headings(markdown_blocks(text)))
        paths = [self._path(title, part) for part in parts]
        for number, (part, path) in enumerate(zip(parts, paths, strict=True)):
            below = paths[number + 1] if number + 1 < len(paths) else ()
            yield from self._section(text, title, path, self._body(part, below))

    def _without_long_headings(self, blocks: Sequence[Block]) -> list[Block]:
        """A "heading" of many words is a paragraph that somebody underlined."""
        titles = [block.title for block in blocks if block.kind == "heading"]
        lengths = iter(self._counter.measure(titles))
        longest = self._max_tokens // _HEADING_SHARE
        return [
            Block("paragraph", block.start, block.end) if block.kind == "heading" and next(lengths) > longest else block
            for block in blocks
        ]

    def _path(self, title: str, part: Section) -> tuple[Block, ...]:
        """The section's headings, without the outermost where all would take too much of a chunk."""
        path = part.headings
        while len(path) > 1 and self._prefix:
            lead = encoder_input(title, _titles(path), "")
            if self._counter.measure([lead])[0] <= self._max_tokens // _PREFIX_SHARE:
                break
            path = path[1:]
        return path

    def _body(self, part: Section, below: tuple[Block, ...]) -> list[Block]:
        """What is chunked of a section: its heading too, unless the prefix of this or the next section says it."""
        if not part.headings:
            return [*part.body]
        heading = part.headings[-1]
        if not self._prefix:
            return [heading, *part.body]
        if all(block.kind == "rule" for block in part.body):
            return [] if heading in below else [heading]
        return [*part.body]

    def _section(self, text: str, title: str, path: tuple[Block, ...], body: Sequence[Block]) -> Iterator[Passage]:
        if not body:
            return
        headings = _titles(path)
        limit = self._max_tokens - self._tokens(title, headings, "")
        groups = _even_tail(text, _pack(text, block_pieces(text, body, limit, self._counter.measure), limit), limit)
        for group in groups:
            yield from self._passages(text, title, headings, group, limit)

    def _passages(self, text: str, title: str, headings: tuple[str, ...], group: list[Piece], limit: int) -> Iterator[Passage]:
        """One passage, or more where the parts together turn out to have more tokens than the parts alone."""
        start, end = _trim(text, group[0].start, group[-1].end)
        if start >= end:
            return
        tokens = self._tokens(title, headings, text[start:end])
        if tokens <= self._max_tokens or end - start == 1:
            yield Passage(start, end, headings, tokens)
            return
        if len(group) == 1:
            group = cut_piece(text, group[0], max(1, limit // 2), self._counter.measure)
        middle = len(group) // 2
        yield from self._passages(text, title, headings, group[:middle], limit)
        yield from self._passages(text, title, headings, group[middle:], limit)

    def _tokens(self, title: str, headings: tuple[str, ...], text: str) -> int:
        return self._counter.count([encoder_input(title, headings, text, heading_prefix=self._prefix)])[0]


def _titles(path: tuple[Block, ...]) -> tuple[str, ...]:
    return tuple(heading.title for heading in path)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Without blank lines at the start and blanks at the end; the first line keeps its indentation."""
    end = start + len(text[start:end].rstrip())
    lead = len(text[start:end]) - len(text[start:end].lstrip())
    return (text.rfind("\n", start, start + lead) + 1 or start), end


def _pack(text: str, pieces: Iterable[Piece], limit: int) -> list[list[Piece]]:
    """Greedy groups of pieces; a line that leads in to what follows ("For example:") goes along with it if there is room."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if groups and _weight(groups[-1]) + piece.weight <= limit:
            groups[-1].append(piece)
            continue
        last = groups[-1] if groups else []
        takes = len(last) > 1 and _leads_in(text, last[-1]) and last[-1].weight + piece.weight <= limit
        groups.append([last.pop(), piece] if takes else [piece])
    return groups


def _even_tail(text: str, groups: list[list[Piece]], limit: int) -> list[list[Piece]]:
    """Share the last two groups' pieces out evenly if the last one is small."""
    if len(groups) < 2 or _weight(groups[-1]) >= limit // _SMALL_SHARE:
        return groups
    pool = groups[-2] + groups[-1]
    splits = [(pool[:cut], pool[cut:]) for cut in range(1, len(pool))]
    fitting = [split for split in splits if max(map(_weight, split)) <= limit]
    best = min(fitting, key=lambda split: (_leads_in(text, split[0][-1]), max(map(_weight, split))))
    return [*groups[:-2], *best]


def _leads_in(text: str, piece: Piece) -> bool:
    return text[piece.start : piece.end].rstrip().endswith(":")


def _weight(group: Sequence[Piece]) -> int:
    return sum(piece.weight for piece in group)
