"""Pages of a document that has some."""

import json
from bisect import bisect_right
from collections.abc import Sequence


def page_starts(metadata: str | None) -> list[int]:
    """Offsets in the document's text where its pages begin, from its metadata (JSON); empty if it has no pages."""
    # Most documents have none, and their metadata need not be parsed to know.
    if not metadata or '"page_starts"' not in metadata:
        return []
    return [int(start) for start in json.loads(metadata).get("page_starts", ())]


def page_at(starts: Sequence[int], offset: int) -> int | None:
    """The page, counted from 1, that an offset of the text is on; None if there are no pages."""
    return bisect_right(starts, offset) or 1 if starts else None
