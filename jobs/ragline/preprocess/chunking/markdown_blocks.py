"""The blocks of a Markdown text and where they stand in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from ragline.preprocess.chunking.parse_blocks import parse_blocks

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_KINDS = {
    "heading_open": "heading",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
    "html_block": "html",
    "hr": "rule",
}

_RULE = re.compile(r"[^\w\s]{3,}")


@dataclass(frozen=True)
class Block:
    """One block of the text, whole lines from ``start`` to ``end``.

    ``kind`` is heading, paragraph, list, table, code, html or rule. ``items`` are where a list's items start.
    ``level`` and ``title`` belong to headings.
    """

    kind: str
    start: int
    end: int
    items: tuple[int, ...] = ()
    level: int = 0
    title: str = ""


def markdown_blocks(text: str) -> Iterator[Block]:
    """The blocks at the top level, in order, covering every line that is not blank.

    Source: CommonMark 0.31 with tables, as parsed by ``markdown-it-py``; headings of MediaWiki and AsciiDoc besides.
    """
    for part in parse_blocks(text):
        if part.level:
            title = _plain(part.title)
            kind = "heading" if title else "paragraph"
            yield Block(kind, part.start, part.end, level=part.level if title else 0, title=title)
        else:
            yield from _parsed(text[part.start : part.end], part.start)


def _parsed(text: str, start: int) -> Iterator[Block]:
    lines = text.split("\n")
    offsets = list(accumulate((len(line) + 1 for line in lines), initial=start))
    offsets[-1] = start + len(text)
    done = 0
    tokens = _block_parser().parse(text)
    for position, token in enumerate(tokens):
        if token.level or not token.map or token.nesting < 0 or token.map[0] < done:
            continue
        first, last = token.map
        yield from _unclaimed(lines, offsets, done, first)
        yield _block(tokens, position, offsets)
        done = last
    yield from _unclaimed(lines, offsets, done, len(lines))


def _block(tokens: "Sequence[Token]", position: int, offsets: list[int]) -> Block:
    token = tokens[position]
    first, last = token.map or (0, 0)
    kind = _KINDS.get(token.type, "paragraph")
    start, end = offsets[first], offsets[last]
    if kind == "list":
        return Block(kind, start, end, items=tuple(offsets[line] for line in _item_lines(tokens, position)))
    title = _plain(tokens[position + 1].content) if kind == "heading" else ""
    if title:
        return Block(kind, start, end, level=int(token.tag[1]), title=title)
    # A heading without words (a logo, a bare "#") names no section.
    return Block("paragraph" if kind == "heading" else kind, start, end)


def _item_lines(tokens: "Sequence[Token]", position: int) -> Iterator[int]:
    for place in range(position + 1, len(tokens)):  # no slice: it would copy all that follows, for every list
        token = tokens[place]
        if token.level == 0:
            return
        if token.level == 1 and token.type == "list_item_open" and token.map:
            yield token.map[0]


def _unclaimed(lines: list[str], offsets: list[int], first: int, last: int) -> list[Block]:
    """Lines that the parser takes in without a token (link definitions), as one block if they are not all blank."""
    written = [number for number in range(first, last) if lines[number].strip()]
    return [Block("paragraph", offsets[written[0]], offsets[written[-1] + 1])] if written else []


def _plain(inline: str) -> str:
    """The words of a heading without its markup; "" if it has none. reStructuredText's overlines are no words."""
    tokens = _inline_parser().parseInline(inline)[0].children or []
    spoken = "".join(" " if token.type.endswith("break") else token.content for token in tokens if token.type != "html_inline")
    title = " ".join(word for word in spoken.split() if not _RULE.fullmatch(word))
    return title if any(character.isalnum() for character in title) else ""


@cache
def _block_parser() -> "MarkdownIt":
    # Not at the top: settings are checked through the strategies also where no parser is installed.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable(["inline"])


@cache
def _inline_parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")
