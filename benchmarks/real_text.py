"""Real text taken apart, and documents put together from its parts.

A document takes one or two sentences at a time from places chosen by chance, so that two documents have single sentences
in common and never most of one: chance makes no near-copies.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

SUFFIXES = (".md", ".rst", ".txt")
# Log-normal, in characters: half of the documents below 3,300, a mean of about 4,700, one in a hundred above 20,000.
_MEDIAN, _SPREAD, _SHORTEST, _LONGEST = 2400, 0.9, 900, 60_000

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_UNDERLINE = re.compile(r"[=\-~^\"'#*+.]{4,}")
# Inline markup of reStructuredText, and what is left of it: the words.
_INLINE = re.compile(r":[\w:-]+:`~?([^`<]+?)(?: <[^`>]*>)?`|``([^`]+)``|`([^`<]+?)(?: <[^`>]*>)?`_{0,2}|\*\*([^*]+)\*\*")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_MARKUP = (".. ", "|", "+-", "#", ":", "- ", "* ", "==", "--")


@dataclass(frozen=True)
class Stock:
    """Parts of real texts: headings, paragraphs as lists of sentences, blocks of code as lists of lines, and plain words."""

    headings: Sequence[str]
    paragraphs: Sequence[Sequence[str]]
    code: Sequence[Sequence[str]]
    words: Sequence[str]

    def document(self, random: Random) -> tuple[str, str]:
        """The title and the Markdown text of one document; the same for equally seeded ``random``."""
        length = min(_LONGEST, max(_SHORTEST, _MEDIAN * random.lognormvariate(0, _SPREAD)))
        title = random.choice(self.headings)
        parts, size = [f"# {title}"], 0
        while size < length:
            section = [f"## {random.choice(self.headings)}", *(self._block(random) for _ in range(random.randint(1, 5)))]
            parts += section
            size += sum(map(len, section))
        return title, "\n\n".join(parts) + "\n"

    def _block(self, random: Random) -> str:
        kind = random.random()
        if kind < 0.06:
            lines = random.choice(self.code)
            start = random.randrange(max(1, len(lines) - 6))
            return "\n".join(["```", *lines[start : start + random.randint(3, 8)], "```"])
        if kind < 0.18:
            return "\n".join(f"- {sentence}" for _ in range(random.randint(3, 6)) for sentence in self._sentences(random)[:1])
        return " ".join(sentence for _ in range(random.randint(2, 4)) for sentence in self._sentences(random))

    def _sentences(self, random: Random) -> Sequence[str]:
        paragraph = random.choice(self.paragraphs)
        start = random.randrange(len(paragraph))
        return paragraph[start : start + random.randint(1, 2)]


def load_stock(folders: Iterable[Path]) -> Stock:
    """Take apart all text files below some folders."""
    headings: dict[str, None] = {}
    paragraphs: list[list[str]] = []
    code: list[list[str]] = []
    seen: set[str] = set()
    for text in texts(folders):
        headings.update(dict.fromkeys(_headings(text)))
        for block in _BLANK_LINE.split(text):
            lines = [line for line in block.split("\n") if line.strip()]
            if not lines or "{" in block:  # a C4 filter drops every document with a brace, and all would have some
                continue
            if all(line.startswith("    ") for line in lines):
                code += [[line[4:].rstrip() for line in lines]] if len(lines) > 2 else []
            elif not lines[0].startswith((*_MARKUP, " ")):
                new = [sentence for sentence in _sentences(lines) if sentence.casefold() not in seen]
                seen.update(sentence.casefold() for sentence in new)
                paragraphs += [new] if new else []
    words = sorted({word for some in paragraphs for sentence in some for word in sentence.split() if _plain(word)})
    if not (paragraphs and headings and code):
        raise SystemExit(f"Found {len(paragraphs)} paragraphs, {len(headings)} headings and {len(code)} blocks of code: give "
                         f"--corpus folders with prose and code in {', '.join(SUFFIXES)} files, such as the PEPs.")  # fmt: skip
    return Stock(list(headings), paragraphs, code, words)


def texts(folders: Iterable[Path]) -> Iterator[str]:
    """The text files below some folders, in a fixed order, composed and without what cleaning would take away."""
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES):
            yield unicodedata.normalize("NFC", file.read_text(encoding="utf-8", errors="replace").expandtabs())


def _headings(text: str) -> Iterator[str]:
    lines = text.split("\n")
    for line, below in zip(lines, lines[1:], strict=False):
        if (
            4 <= len(line) <= 70
            and line[0].isupper()
            and _UNDERLINE.fullmatch(below.rstrip())
            and len(below) >= len(line.rstrip())
        ):
            yield line.strip()


def _sentences(lines: Sequence[str]) -> Iterator[str]:
    plain = _INLINE.sub(lambda match: match[match.lastindex or 0], " ".join(" ".join(lines).split()))
    for sentence in _SENTENCE_END.split(plain):
        if 40 <= len(sentence) <= 400 and sentence.endswith((".", "!", "?")) and _wordy(sentence):
            yield sentence


def _wordy(sentence: str) -> bool:
    """Whether the Gopher rule of four words in five with a letter in them holds, with room for headings and code."""
    tokens = _TOKEN.findall(sentence)
    return len(tokens) >= 7 and sum(any(map(str.isalpha, token)) for token in tokens) >= 0.85 * len(tokens)


def _plain(word: str) -> bool:
    return len(word) > 2 and word.isascii() and word.isalpha() and word.islower()
