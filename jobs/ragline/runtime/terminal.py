"""The terminal: the only place where text becomes what a person sees, so that no command can show a document otherwise."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from ragline.runtime.shown_text import shown_lines


class Terminal(Console):
    """A console of rich that reads no markup in text, and lets nothing through that would act on a terminal.

    Style what is ours with ``rich.text.Text`` and ``style=``. Text of documents goes through ``shown`` first, which keeps it on
    one line; what does not is made harmless here all the same.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"markup": False, "highlight": False, "emoji": False, **options})

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of whatever is printed."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(shown_lines(segment.text), segment.style)
