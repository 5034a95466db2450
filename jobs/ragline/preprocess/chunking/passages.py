"""From ranges of a text to passages that fit."""

from collections.abc import Iterable, Iterator, Sequence

from ragline.config.chunking import ChunkSettings
from ragline.contracts.chunk_text import encoder_input
from ragline.preprocess.chunking.chunker import Passage
from ragline.preprocess.chunking.token_counter import TokenCounter

Range = tuple[int, int]

# The largest part of a chunk's tokens that its title may take.
_TITLE_SHARE = 4
_BATCH = 256


class PassageMaker:
    """Makes passages of at most ``max_tokens`` tokens, as the encoder counts them, prefix and special tokens included."""

    def __init__(self, settings: ChunkSettings, counter: TokenCounter) -> None:
        self.prefix = settings.heading_prefix
        self.max_tokens = settings.max_tokens
        self._counter = counter

    def shorten_title(self, title: str) -> str:
        """A title that leaves room for text in every chunk that it leads."""
        return self._counter.shorten(title, self.max_tokens // _TITLE_SHARE) if self.prefix else title

    def room(self, title: str, headings: Sequence[str] = ()) -> int:
        """Tokens that are left for text below a title and headings."""
        return self.max_tokens - self._count(title, headings, [""])[0]

    def make(self, text: str, title: str, headings: tuple[str, ...], ranges: Iterable[Range]) -> Iterator[Passage]:
        """A passage of each range that is not blank, or more where it turns out to have more tokens than its parts had."""
        batch: list[Range] = []
        for start, end in ranges:
            batch.append(trim(text, start, end))
            if len(batch) == _BATCH:
                yield from self._checked(text, title, headings, batch)
                batch = []
        yield from self._checked(text, title, headings, batch)

    def _checked(self, text: str, title: str, headings: tuple[str, ...], ranges: Sequence[Range]) -> Iterator[Passage]:
        written = [(start, end) for start, end in ranges if start < end]
        counts = self._count(title, headings, [text[start:end] for start, end in written])
        for (start, end), tokens in zip(written, counts, strict=True):
            if tokens <= self.max_tokens or end - start == 1:
                yield Passage(start, end, headings, tokens)
            else:
                yield from self._checked(text, title, headings, [trim(text, *half) for half in _halves(text, start, end)])

    def _count(self, title: str, headings: Sequence[str], texts: Sequence[str]) -> list[int]:
        return self._counter.count([encoder_input(title, headings, text, heading_prefix=self.prefix) for text in texts])


def trim(text: str, start: int, end: int) -> Range:
    """Without blank lines at the start and blanks at the end; the first line keeps its indentation."""
    part = text[start:end].rstrip()
    lead = len(part) - len(part.lstrip())
    return (text.rfind("\n", start, start + lead) + 1 or start), start + len(part)


def _halves(text: str, start: int, end: int) -> list[Range]:
    """Cut at the last blank before the middle, or in the middle of a word that is longer."""
    middle = (start + end) // 2
    blank = max(text.rfind(" ", start, middle), text.rfind("\n", start, middle)) + 1
    cut = blank if blank > start and text[start:blank].strip() else middle
    return [(start, cut), (cut, end)]
