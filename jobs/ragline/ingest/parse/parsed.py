"""What every parser gives."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Parsed:
    """A document's title ("" if it has none) and its text: Markdown, lines ended by ``\\n``."""

    title: str
    text: str
