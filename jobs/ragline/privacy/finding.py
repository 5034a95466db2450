"""A place in a text where personal data or a secret was found."""

from typing import NamedTuple


class Finding(NamedTuple):
    """The kind of what was found, and its place: the characters ``text[start:end]`` of the text that was searched."""

    kind: str
    start: int
    end: int
