"""What every way of cutting a text into chunks has in common."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Passage:
    """A chunk of a cleaned text: code points ``start`` to ``end``, the headings above it, tokens of its encoder input."""

    start: int
    end: int
    heading_path: tuple[str, ...]
    token_count: int


class Chunker(Protocol):
    """Cuts one cleaned text at a time. Equal input gives equal passages, in any process."""

    def shorten_title(self, title: str) -> str:
        """A title that leaves room for text in every chunk that it leads."""
        ...

    def chunk(self, text: str, title: str) -> Iterator[Passage]:
        """The passages of a cleaned text, in order, none with more tokens than the limit."""
        ...
