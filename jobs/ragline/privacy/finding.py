"""What a detector reports."""

from typing import NamedTuple


class Finding(NamedTuple):
    """Personal data or a secret: its kind, and its half-open range of the text that was searched."""

    kind: str
    start: int
    end: int
