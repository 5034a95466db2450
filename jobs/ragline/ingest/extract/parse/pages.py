"""Pages joined to one text, with the offset where each begins."""

from collections.abc import Iterable

from ragline.ingest.extract.parse.clean import tidy


def joined_pages(pages: Iterable[str]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages, an empty line between them, and their starts.

    A page without words starts where the text before it ends.
    """
    text, starts = "", []
    for page in pages:
        words = tidy(page) if page.strip() else ""
        if words and text:
            text += "\n"
        starts.append(len(text))
        text += words
    if starts:
        starts[0] = 0
    return text, tuple(min(start, len(text)) for start in starts)
