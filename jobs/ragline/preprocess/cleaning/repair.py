"""Undo mojibake: UTF-8 that somebody read as Windows-1252, Latin-1, Windows-1251 or another one-byte encoding."""

import re
from functools import cache

from ragline.preprocess.cleaning.cleaned_text import CleanedText, Edit

_ASCII_RUNS = re.compile(r"([\x00-\x7f]+)")


def repair(cleaned: CleanedText) -> CleanedText:
    """The text with its mojibake decoded, still aligned. To be done before ``normalise``, which removes what here are bytes.

    A line is touched only where ftfy finds it bad, and nothing but its encoding is: quotes, ligatures, full-width characters
    and HTML entities stay as they are. Source: ftfy (https://ftfy.readthedocs.io), ``fix_encoding``.
    """
    text = cleaned.text
    if text.isascii():
        return cleaned
    from ftfy import fix_encoding

    edits: list[Edit] = []
    done = 0
    suspect = _suspect()
    while found := suspect.search(text, done):
        start = text.rfind("\n", 0, found.start()) + 1
        done = text.find("\n", found.start())
        done = len(text) if done < 0 else done
        line = text[start:done]
        if (fixed := fix_encoding(line)) != line:
            edits += _edits(line, fixed, start)
    return cleaned.edit(edits)


def _edits(line: str, fixed: str, start: int) -> list[Edit]:
    """What changed, by the runs between the ASCII ones: no encoding in question changes ASCII."""
    old, new = _ASCII_RUNS.split(line), _ASCII_RUNS.split(fixed)
    if old[1::2] != new[1::2]:
        return [_trimmed(line, fixed, start)]  # a space that once was half a character was used up
    edits = []
    for before, after in zip(old, new, strict=True):
        if before != after:
            edits.append((start, start + len(before), after))
        start += len(before)
    return edits


def _trimmed(line: str, fixed: str, start: int) -> Edit:
    shorter = min(len(line), len(fixed))
    head = next((i for i in range(shorter) if line[i] != fixed[i]), shorter)
    tail = next((i for i in range(shorter - head) if line[-1 - i] != fixed[-1 - i]), shorter - head)
    return start + head, start + len(line) - tail, fixed[head : len(fixed) - tail]


@cache
def _suspect() -> re.Pattern[str]:
    """What every kind of mojibake has somewhere: the first byte of a UTF-8 sequence before a later one (or before a space that
    was 0xA0) as one encoding reads them, or a C1 control. Good text is searched for this much faster than ftfy tests it."""
    from ftfy.chardata import CHARMAP_ENCODINGS

    pairs = {name: (_read(name, 0xC2, 0xF5), _read(name, 0x80, 0xC0) + "\ufffd\x1a") for name in CHARMAP_ENCODINGS}
    any_first = "".join(first for first, _ in pairs.values())
    followed = "|".join(f"(?<=[{first}]) ?[{later}]" for first, later in pairs.values())
    # ftfy leaves a space alone that macroman would have read: that is mostly a dash before a space.
    spaced = [name for name in CHARMAP_ENCODINGS if name != "macroman"]
    before_space = "".join(_read(name, byte, byte + 1) for name in spaced for byte in b"\xc2\xc3\xc5\xce\xd0\xd9")
    return re.compile(f"[\x80-\x9f{any_first}](?:(?<=[\x80-\x9f])|(?<=[{before_space}]) |{followed})")


def _read(encoding: str, first: int, end: int) -> str:
    """What is not ASCII of these bytes in an encoding, escaped for a character class."""
    read = bytes(range(first, end)).decode(encoding, "ignore")
    return "".join(re.escape(character) for character in read if not character.isascii())
