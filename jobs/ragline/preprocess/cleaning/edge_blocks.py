"""The first and last paragraphs of a document, where navigation, licences and signatures stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

# So many at either end; a paragraph is what stands between blank lines.
_AT_AN_END = 10

_BLOCK_END = re.compile(r"\n{2,}")
_FENCE = re.compile(r"^ {0,3}(?:`{3,}|~{3,})", re.MULTILINE)
_HEADING = re.compile(r"#{1,6}(?:\s|$)")
_UNDERLINE = re.compile(r"(?:=+|-{3,}|~{3,})$")
_CODE = re.compile(r" {4}|\t")
_SIGNATURE = "--"
_NOTABLE = ("](", "://", "\n#", "\n|", "\n=", "\n--", "\n~")
# Every "[" may begin a link. None is followed past more than a few others, which keeps the time in proportion to the line.
_WORDS = r"(?:[^\[\]!]++|!(?!\[))*+"
_IMAGE = r"!\[[^\[\]]*+(?:\[[^\[\]]*+){0,2}+\]\([^)\[]*+(?:\[[^)\[]*+){0,2}+\)"
_ADDRESS, _TITLE = r"[^)\s\[]*+(?:\[[^)\s\[]*+){0,8}+", r"\"[^\"\[]*+(?:\[[^\"\[]*+){0,8}+\""
_LINK = re.compile(rf"!?\[{_WORDS}(?:{_IMAGE}{_WORDS}){{0,8}}+\]\({_ADDRESS}(?:\s{_TITLE})?\)|<?https?://\S+")
_LETTER = re.compile(r"[^\W_]")


class Kind(Enum):
    """What a part of the page looks like by its form."""

    LINKS = "links"
    SIGNATURE = "signature"
    TEXT = "text"


@dataclass(frozen=True)
class EdgeBlock:
    """A part of the page that may be removed as a whole: ``[start, end)``."""

    start: int
    end: int
    kind: Kind


def edge_blocks(text: str) -> list[EdgeBlock]:
    """The paragraphs near the head and the tail of a Markdown text that are neither headings, code nor tables, in order. Of a
    list of links each line counts by itself: one of them is often missing, the page's own."""
    fences = _fenced(text)
    found: list[EdgeBlock] = []
    for start, end in _edges(text):
        if not any(begin < end and start < stop for begin, stop in fences):
            found += _parts(text, start, end)
    return found


def _edges(text: str) -> Iterator[tuple[int, int]]:
    length = len(text.rstrip())
    start = count = 0
    for gap in _BLOCK_END.finditer(text, 0, length):
        if gap.start() > start:
            yield start, gap.start()
            count += 1
        start = gap.end()
        if count == _AT_AN_END:
            yield from reversed(list(_from_the_end(text, start, length)))
            return
    if start < length:
        yield start, length


def _from_the_end(text: str, first: int, end: int) -> Iterator[tuple[int, int]]:
    for _ in range(_AT_AN_END):
        if end <= first:
            return
        gap = text.rfind("\n\n", first, end)
        start = first if gap < 0 else gap + 2
        yield start, end
        end = start
        while end > first and text[end - 1] == "\n":
            end -= 1


def _fenced(text: str) -> list[tuple[int, int]]:
    if "```" not in text and "~~~" not in text:
        return []
    places = [match.start() for match in _FENCE.finditer(text)]
    # One that is never closed reaches to the end.
    return list(zip(places[::2], [*places[1::2], len(text)], strict=False))


def _parts(text: str, start: int, end: int) -> Iterator[EdgeBlock]:
    if _is_plain(text[start:end]):
        yield EdgeBlock(start, end, Kind.TEXT)
        return
    lines = list(_lines(text, start, end))
    if any(text.startswith("|", a) for a, _ in lines) or _CODE.match(text, start):
        return
    run: list[tuple[int, int]] = []
    for a, b in lines:
        line = text[a:b]
        if line == _SIGNATURE:
            yield from _plain(text, run)
            yield EdgeBlock(a, end, Kind.SIGNATURE)
            return
        if _UNDERLINE.fullmatch(line):
            run = []  # what stood above it was a heading
        elif _HEADING.match(line):
            yield from _plain(text, run)
            run = []
        else:
            run.append((a, b))
    yield from _plain(text, run)


def _is_plain(block: str) -> bool:
    """Whether nothing in a paragraph asks for a closer look, which most do not."""
    return block[0].isalpha() and not any(map(block.__contains__, _NOTABLE))


def _plain(text: str, lines: list[tuple[int, int]]) -> Iterator[EdgeBlock]:
    if not lines:
        return
    linked = [_is_links(text[a:b]) for a, b in lines]
    if sum(linked) * 3 < len(lines) * 2:
        yield EdgeBlock(lines[0][0], lines[-1][1], Kind.TEXT)
        return
    for (a, b), is_links in zip(lines, linked, strict=True):
        if is_links:
            yield EdgeBlock(a, b, Kind.LINKS)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        yield start, stop
        start = stop + 1


def _is_links(line: str) -> bool:
    """Whether a line is links with nothing but bullets and signs between them."""
    return ("://" in line or "](" in line) and not _LETTER.search(_LINK.sub("", line))
