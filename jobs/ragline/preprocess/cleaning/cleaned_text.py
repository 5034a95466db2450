"""A text that was cleaned, and where in the original each part of it came from."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Edit = tuple[int, int, str]  # start, end, replacement


@dataclass(frozen=True)
class CleanedText:
    """Cleaned text with its alignment to the text it was made from, both counted in code points.

    ``starts`` and ``origins`` are breakpoints: stretch ``i`` of the cleaned text, from ``starts[i]`` to ``starts[i + 1]``, came
    from ``origins[i]`` to ``origins[i + 1]``. Where both are equally long they correspond one to one; elsewhere the stretch
    was replaced as a whole. The first breakpoint is (0, 0), the last the two lengths.
    """

    text: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "CleanedText":
        """A text to which nothing has been done yet."""
        return cls(text, (0, len(text)), (0, len(text)))

    def sub(self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]) -> "CleanedText":
        """Replace every match, as ``re.sub`` would; a string replacement is taken literally."""
        make = replacement if callable(replacement) else lambda _: replacement
        found = ((match.start(), match.end(), make(match)) for match in pattern.finditer(self.text))
        return self.edit(edit for edit in found if edit[2] != self.text[edit[0] : edit[1]])

    def edit(self, edits: Iterable[Edit]) -> "CleanedText":
        """Apply edits, which must be in order and not overlap."""
        whole = self._whole_stretches(edits)
        if not whole:
            return self
        parts: list[str] = []
        starts: list[int] = []
        origins: list[int] = []
        done = shift = 0
        for start, end, new in [*whole, (len(self.text), len(self.text), "")]:
            first = bisect_right(self.starts, done) if starts else 0
            for i in range(first, bisect_right(self.starts, start)):
                starts.append(self.starts[i] + shift)
                origins.append(self.origins[i])
            starts += (start + shift, start + shift + len(new))
            origins += (self.origin_of_start(start), self.origin_of_start(end))
            parts += (self.text[done:start], new)
            shift += len(new) - (end - start)
            done = end
        return _compact("".join(parts), starts, origins)

    def origin_of_start(self, position: int) -> int:
        """Where in the original a slice that starts here starts."""
        i = bisect_right(self.starts, position) - 1
        offset = position - self.starts[i]
        return self.origins[i] + (offset if offset and self._one_to_one(i) else 0)

    def origin_of_end(self, position: int) -> int:
        """Where in the original a slice that ends here ends."""
        i = bisect_left(self.starts, position)
        if self.starts[i] == position or not self._one_to_one(i - 1):
            return self.origins[i]
        return self.origins[i - 1] + position - self.starts[i - 1]

    def alignment(self, start: int, end: int) -> list[int]:
        """Alignment of the non-empty slice ``[start, end)`` as the ``chunks`` table stores it: flat pairs of an offset in
        the slice and an offset in the original, with the meaning of the breakpoints above."""
        first, last = bisect_right(self.starts, start), bisect_left(self.starts, end)
        pairs = [0, self.origin_of_start(start)]
        for i in range(first, last):
            pairs += (self.starts[i] - start, self.origins[i])
        return [*pairs, end - start, self.origin_of_end(end)]

    def _one_to_one(self, i: int) -> bool:
        return self.starts[i + 1] - self.starts[i] == self.origins[i + 1] - self.origins[i]

    def _whole_stretches(self, edits: Iterable[Edit]) -> list[Edit]:
        """Widen edits so that none cuts through a replaced stretch, which has no inner correspondence."""
        whole: list[Edit] = []
        for start, end, new in edits:
            left, right = self._stretch_start(start), self._stretch_end(end)
            if whole and left < whole[-1][1]:
                before_start, before_end, before = whole.pop()
                kept = before[: len(before) - (before_end - start)]
                whole.append((before_start, right, kept + new + self.text[end:right]))
            else:
                whole.append((left, right, self.text[left:start] + new + self.text[end:right]))
        return whole

    def _stretch_start(self, position: int) -> int:
        i = bisect_right(self.starts, position) - 1
        return position if self.starts[i] == position or self._one_to_one(i) else self.starts[i]

    def _stretch_end(self, position: int) -> int:
        i = bisect_left(self.starts, position)
        return position if self.starts[i] == position or self._one_to_one(i - 1) else self.starts[i]


def _compact(text: str, starts: list[int], origins: list[int]) -> CleanedText:
    """Drop breakpoints that say nothing: repeated ones, and those between two stretches copied one to one."""
    kept = [(starts[0], origins[0])]
    for i in range(1, len(starts)):
        point = (starts[i], origins[i])
        if point == kept[-1]:
            continue
        if len(kept) > 1 and _diagonal(kept[-2], kept[-1]) and _diagonal(kept[-1], point):
            kept.pop()
        kept.append(point)
    return CleanedText(text, tuple(start for start, _ in kept), tuple(origin for _, origin in kept))


def _diagonal(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return b[0] - a[0] == b[1] - a[1]
