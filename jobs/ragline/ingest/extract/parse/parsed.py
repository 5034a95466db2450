"""The result of every parser."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Parsed:
    """A parsed document.

    Attributes:
        title: "" if it has none.
        text: Markdown, lines ended by ``\\n``.
        metadata: the properties in the document: ``authors`` (list), ``created``, ``modified`` (ISO 8601), ``language``,
            ``subject``, ``keywords`` (list), ``links`` (list), whichever there are.
        page_starts: for paged formats, the offset in ``text`` (code points) where each page begins, the first one 0.
    """

    title: str
    text: str
    metadata: Mapping[str, object] = field(default_factory=dict)
    page_starts: tuple[int, ...] = ()
