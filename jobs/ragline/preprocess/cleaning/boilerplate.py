"""Navigation, licences, signatures: paragraphs that many documents of a source share at their head or tail.

``block_hashes`` names the paragraphs of a document that could be boilerplate, ``threshold`` says how many documents of its
source must share one of them, and ``remove_boilerplate`` takes out those that do.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil

from ragline.config.preprocess import BoilerplateSettings
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.cleaning.edge_blocks import EdgeBlock, Kind, edge_blocks

# Phrases of boilerplate as such, in lower case.
_USUAL = (
    *("©", "(c) 19", "(c) 20", "copyright", "all rights reserved", "alle rechte vorbehalten", "tous droits réservés"),
    *("derechos reservados", "public domain", "cc0-1.0", "creative commons", "spdx-license", "licensed under", "licenced under"),
    *("licensed to the", "apache license", "mit license", "bsd license", "gnu general public", "gnu lesser", "gnu affero"),
    *("permission is hereby granted, free of charge", 'on an "as is" basis', "confidentiality notice"),
    *("this e-mail and any", "this email and any", "this message and any", "this e-mail may", "this email may"),
)
# And those that are so in a short paragraph, where a clause of a contract or a how-to might use them too.
_USUAL_WHEN_SHORT = (
    *("privacy policy", "terms of use", "terms of service", "impressum", "datenschutz", "mentions légales", "unsubscribe"),
    *("uses cookies", "use cookies", "accept cookies", "skip to content", "skip to main content", "back to top", "follow us"),
    *("edit this page", "edit on git", "page helpful", "article helpful", "table of contents", "on this page", "sent from my"),
)
_SHORT = 120
_KEY_AND_VALUE = re.compile(r"\s*(?:[-*+] )?\**[\w][\w /()-]{0,40}\**:\**\s+\S")
_MOST_NOTICES = 0.9
_MOST_OTHERS = 0.5
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]")
_FEWEST_LETTERS = 8
_HEADING_LINES = re.compile(r"^#{1,6}\s.*$|^.+\n(?:=+|-{3,})$", re.MULTILINE)


@dataclass(frozen=True)
class _HashedBlock:
    """A block with its hash, which is odd if it looks like boilerplate by itself."""

    block: EdgeBlock
    hash: int


def block_hashes(text: str) -> list[int]:
    """Hashes (64 bits, signed) of the paragraphs of a normalised text that would be boilerplate if enough documents of its
    source shared them. Odd ones look like it by themselves: links, signatures, notices of copyright."""
    return sorted({hashed.hash for hashed in _hashed_blocks(text)})


def threshold(documents: int, block_hash: int, settings: BoilerplateSettings) -> int:
    """How many documents of a source must share the block with this hash for it to be boilerplate.

    The source's size is rounded down to a power of two or one and a half of one, so that it seldom moves as documents come.
    """
    step = 1 << max(0, documents.bit_length() - 1)
    rounded = step + step // 2 if documents >= step + step // 2 else step
    if block_hash % 2:
        return max(settings.min_documents, ceil(settings.usual_share * rounded))
    return max(2 * settings.min_documents, ceil(settings.share * rounded))


def remove_boilerplate(cleaned: CleanedText, boilerplate: Collection[int]) -> tuple[CleanedText, int]:
    """The text without the paragraphs that have one of these hashes, still aligned, and how many characters went.

    A document that is mostly such paragraphs is made from a form or is the licence itself, and keeps them.
    """
    text = cleaned.text
    shared = [hashed for hashed in _hashed_blocks(text) if hashed.hash in boilerplate] if boilerplate else []
    removed = _within_reason(text, shared)
    spans = _with_line_ends(text, removed)
    if not spans or not _says_something(text, spans):
        return cleaned, 0
    return cleaned.edit((start, end, "") for start, end in spans), sum(end - start for start, end in spans)


def _hashed_blocks(text: str) -> list[_HashedBlock]:
    found = []
    for block in edge_blocks(text):
        folded = " ".join(text[block.start : block.end].casefold().split())
        if block.kind is not Kind.TEXT or _is_usual(folded):
            # Years and numbers of pages differ in what is otherwise one notice.
            found.append(_HashedBlock(block, _hash(folded if block.kind is Kind.LINKS else _DIGITS.sub("0", folded)) | 1))
        elif sum(map(str.isalpha, folded[:_SHORT])) >= _FEWEST_LETTERS and not _is_data(text[block.start : block.end]):
            found.append(_HashedBlock(block, _hash(folded) & ~1))
    return found


def _is_usual(folded: str) -> bool:
    return any(map(folded.__contains__, _USUAL)) or (len(folded) <= _SHORT and any(map(folded.__contains__, _USUAL_WHEN_SHORT)))


def _is_data(block: str) -> bool:
    """Whether every line is a name and its value: those are facts, however many documents share them."""
    return ":" in block and all(map(_KEY_AND_VALUE.match, block.split("\n")))


def _hash(folded: str) -> int:
    return int.from_bytes(blake2b(folded.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def _within_reason(text: str, shared: list[_HashedBlock]) -> list[_HashedBlock]:
    """What is shared, but of notices no more than nine tenths of the text without links, and of other paragraphs no more than
    half of the text without notices."""
    links = [hashed for hashed in shared if hashed.block.kind is Kind.LINKS]
    notices = [hashed for hashed in shared if hashed.hash % 2 and hashed.block.kind is not Kind.LINKS]
    others = [hashed for hashed in shared if not hashed.hash % 2]
    left = len(text) - _characters(links)
    if _characters(notices) > _MOST_NOTICES * left:
        return links
    if _characters(others) > _MOST_OTHERS * (left - _characters(notices)):
        others = []
    return sorted([*links, *notices, *others], key=lambda hashed: hashed.block.start)


def _characters(blocks: list[_HashedBlock]) -> int:
    return sum(hashed.block.end - hashed.block.start for hashed in blocks)


def _with_line_ends(text: str, removed: list[_HashedBlock]) -> list[tuple[int, int]]:
    """Spans to delete, so that as many line ends stay between the neighbours as there were on the side that had more."""
    spans: list[tuple[int, int]] = []
    for hashed in removed:
        start, end = hashed.block.start, hashed.block.end
        if spans and not text[spans[-1][1] : start].strip():
            start = spans.pop()[0]
        spans.append((start, end))
    return [_with_fewer_line_ends(text, start, end) for start, end in spans]


def _with_fewer_line_ends(text: str, start: int, end: int) -> tuple[int, int]:
    before, after = start, end
    while before and text[before - 1] == "\n":
        before -= 1
    while after < len(text) and text[after] == "\n":
        after += 1
    if before == 0 or (after < len(text) and after - end <= start - before):
        return (0 if before == 0 else start), after
    return before, end if after < len(text) else after


def _says_something(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether words other than headings are left."""
    at, left = 0, []
    for start, end in spans:
        left.append(text[at:start])
        at = end
    rest = "\n".join([*left, text[at:]])
    return _LETTERS.search(_HEADING_LINES.sub("", rest)) is not None
