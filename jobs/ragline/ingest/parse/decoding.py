"""From bytes to text."""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from ragline.ingest.item import ItemRefused
from ragline.ingest.parse.clean import clean_text
from ragline.ingest.parse.detect import looks_like_utf16

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How much of a text the guess looks at, and how much of it may look like noise in the guessed encoding.
_LOOKED_AT = 200_000
_MOST_CHAOS = 0.2
_FEWEST_LETTERS = 12
_AS_GOOD, _SURE = 0.02, 0.16
_INSIDE_WORD = re.compile(r"(?<=[^\W\d_])[^\x00-\x7f’‘ʼ·\xa0\xad](?=[^\W\d_])")
# The encodings that are guessed at, those in wider use first.
_EAST_ASIAN = ("cp932", "gb18030", "big5", "euc_jp", "cp949")
_LEGACY = (
    *_EAST_ASIAN, "cp1252", "cp1251", "koi8_r", "cp866", "cp1250", "iso8859_2", "cp1253", "cp1254",
    "cp1255", "cp1256", "cp1257", "cp874", "cp1258", "iso8859_5", "iso8859_7", "cp437", "cp850", "mac_roman", "cp852", "cp737",
)  # fmt: skip
# Pages and mails say Latin-1 and mean its superset, as the WHATWG encoding standard has it.
_MEANT = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
}


@dataclass(frozen=True)
class Decoded:
    """Clean text, the encoding it was in, and whether that was guessed."""

    text: str
    encoding: str
    guessed: bool = False


def decode(content: bytes, declared: str | None = None) -> str:
    """Clean text in the encoding that a byte-order mark says, or else the declared one, or else UTF-8.

    Raises:
        ItemRefused: ``invalid_encoding``; nothing is guessed at or left out.
    """
    return clean_text(decode_exactly(content, declared))


def decode_exactly(content: bytes, declared: str | None = None) -> str:
    """The same with NULs and newlines as they are; only the byte-order mark goes."""
    encoding = _marked(content) or declared or "utf-8"
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ItemRefused(
            "invalid_encoding", f"Not valid {encoding.upper()}: byte 0x{content[error.start]:02x} at offset {error.start:,}."
        ) from error
    except (LookupError, UnicodeError) as error:
        raise ItemRefused("invalid_encoding", f"The declared encoding {encoding!r} cannot be read: {error}.") from error


def decode_any(content: bytes, declared: str | None = None) -> Decoded:
    """The same for bytes that may lie about their encoding: what was declared is tried, then UTF-8, then a guess is made.

    Raises:
        ItemRefused: ``invalid_encoding``; the guess is not sure enough.
    """
    marked = _marked(content)
    shifted = "iso2022_jp" if b"\x1b$" in content[:_LOOKED_AT] else None
    for encoding in (marked, _meant(declared), shifted, "utf-8", None if marked else looks_like_utf16(content)):
        if encoding and (text := _strictly(content, encoding)) is not None:
            return Decoded(clean_text(text), encoding, guessed=encoding.startswith(("utf-16-", "iso2022")))
    return _guess(content)


def _marked(content: bytes) -> str | None:
    return next((name for mark, name in _MARKS if content.startswith(mark)), None)


def _meant(declared: str | None) -> str | None:
    name = (declared or "").strip().lower().replace("iso8859", "iso-8859")
    return _MEANT.get(name, name) or None


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        text = content.decode(encoding)
    except (UnicodeError, LookupError, ValueError):
        return None
    # A UTF-8 document with NULs in it is odd but clear; in UTF-16 they mean that it is not UTF-16.
    return None if encoding == "utf-8" and looks_like_utf16(content) else text


def _guess(content: bytes) -> Decoded:
    from charset_normalizer import from_bytes

    sample = content[:_LOOKED_AT]
    matches = from_bytes(
        sample, threshold=_MOST_CHAOS, enable_fallback=False, preemptive_behaviour=False, cp_isolation=[*_LEGACY]
    )
    scores = {
        encoding: match.coherence - match.chaos - (0 if encoding in _EAST_ASIAN else _oddity(text))
        for match in matches
        for encoding in {match.encoding, *match.could_be_from_charset} & set(_LEGACY)
        if (text := _strictly(sample, encoding) or "")
    }
    if scores:
        best = max(scores.values())
        # Encodings that fit as well differ in a letter or two; the one in wider use is the likelier.
        encoding = next(name for name in _LEGACY if scores.get(name, best - 1) >= best - _AS_GOOD)
        rivals = {_script(sample, name) for name, score in scores.items() if score >= best - _SURE}
        whole = _strictly(content, encoding) or ""
        if len(rivals) == 1 and sum(map(str.isalpha, whole[:1000])) >= _FEWEST_LETTERS:
            return Decoded(clean_text(whole), encoding, guessed=True)
    raise ItemRefused(
        "invalid_encoding", "Not UTF-8, and its encoding cannot be told from its bytes: declare it, or save the file as UTF-8."
    )


def _oddity(text: str) -> float:
    """The share of foreign characters where a word would not have them: signs between letters, capitals after small ones."""
    foreign = list(_INSIDE_WORD.finditer(text[:20_000]))
    if not foreign:
        return 0.0
    odd = sum(not found[0].isalpha() or (found[0].isupper() and text[found.start() - 1].islower()) for found in foreign)
    return odd / len(foreign)


def _script(sample: bytes, encoding: str) -> str:
    """``LATIN``, ``CYRILLIC`` …: that of the first letter beyond ASCII."""
    letters = (character for character in sample.decode(encoding, "ignore") if character > "\x7f" and character.isalpha())
    script = unicodedata.name(next(letters, "a"), "UNKNOWN").split()[0]
    return "EAST ASIAN" if script in ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "HALFWIDTH", "FULLWIDTH") else script
