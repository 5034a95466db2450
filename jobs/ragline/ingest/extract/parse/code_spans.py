"""Code inside a paragraph of Markdown: what stands between two runs of equally many backticks."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

_TICKS = re.compile(r"`+")


def code_spans(text: str) -> Iterator[tuple[int, int]]:
    """The spans of code, ticks included, in order.

    The first ticks of a run that nothing closes are left out of it, until something does: three ticks may begin what two close.
    Each run looks its end up by its length; searching for it would take time in proportion to the square of the text.
    """
    runs = [found.span() for found in _TICKS.finditer(text)]
    starts: dict[int, list[int]] = defaultdict(list)
    for start, end in runs:
        starts[end - start].append(start)
    done = 0
    for start, end in runs:
        if start < done:
            continue
        for length in range(end - start, 0, -1):
            closing = starts.get(length, [])
            place = bisect_left(closing, end)
            if place < len(closing):
                done = closing[place] + length
                yield end - length, done
                break
