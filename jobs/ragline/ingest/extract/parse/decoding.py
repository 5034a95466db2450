"""From bytes to text."""

import codecs
from dataclasses import dataclass

from ragline.ingest.extract.detect import looks_like_utf16, looks_like_utf32
from ragline.ingest.extract.parse.clean import clean_text
from ragline.ingest.item import ItemRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How many bytes the guess is made from, and how sure it has to be: random bytes among letters reach .053.
_SAMPLE_BYTES = 200_000
_LEAST_CONFIDENCE = 0.06
# The encodings that may be guessed: not all there are, because some fit any bytes.
_LEGACY = (
    "cp932", "gb18030", "big5hkscs", "euc_jis_2004", "euc_kr", "cp949", "cp1252", "cp1251", "koi8-r", "koi8-u", "cp866", "cp1250",
    "iso8859-2", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "cp1258", "iso8859-5", "iso8859-6", "iso8859-7",
    "iso8859-8", "cp437", "cp850", "mac-roman", "mac-cyrillic", "cp852", "cp737", "utf-16-le", "utf-16-be",
)  # fmt: skip
# Pages and mails that declare Latin-1 are in its superset: https://encoding.spec.whatwg.org/#names-and-labels
_WHATWG_NAMES = {
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
# Where the sample fits an encoding, and the rest of the text only a larger one.
_SUPERSET = {"euc_kr": "cp949", "iso8859-7": "cp1253", "iso8859-8": "cp1255"}


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
    if marked in ("utf-16", "utf-32"):  # so sure that nothing else is tried; lone surrogates are replaced
        return Decoded(clean_text(_marked_text(content, marked)), marked)
    shifted = "iso2022_jp" if b"\x1b$" in content[:_SAMPLE_BYTES] else None
    wide = None if marked else looks_like_utf32(content) or looks_like_utf16(content)
    for encoding in (marked, _declared_name(declared), shifted, "utf-8", wide):
        if encoding and (text := _strictly(content, encoding)) is not None:
            return Decoded(clean_text(text), encoding, guessed=encoding.startswith(("utf-16-", "utf-32-", "iso2022")))
    return _guess(content)


def _marked(content: bytes) -> str | None:
    return next((name for mark, name in _MARKS if content.startswith(mark)), None)


def _marked_text(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding, "surrogatepass")
    except (UnicodeDecodeError, ValueError) as error:
        raise ItemRefused("invalid_encoding", f"It begins as {encoding.upper()} and is not: {error}.") from error


def _declared_name(declared: str | None) -> str | None:
    name = (declared or "").strip().lower().replace("iso8859", "iso-8859")
    return _WHATWG_NAMES.get(name, name) or None


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        text = content.decode(encoding)
    except (UnicodeError, LookupError, ValueError):
        return None
    # A UTF-8 document with NULs in it is odd but clear; in UTF-16 they mean that it is not UTF-8.
    return None if encoding == "utf-8" and (looks_like_utf32(content) or looks_like_utf16(content)) else text


def _guess(content: bytes) -> Decoded:
    import chardet

    found = chardet.detect(content[:_SAMPLE_BYTES], prefer_superset=False, compat_names=False, include_encodings=_LEGACY)
    if found["encoding"] and found["confidence"] >= _LEAST_CONFIDENCE:
        for encoding in (found["encoding"], _SUPERSET.get(found["encoding"])):
            if encoding and (text := _strictly(content, encoding)) is not None:
                return Decoded(clean_text(text), encoding, guessed=True)
    raise ItemRefused(
        "invalid_encoding", "Not UTF-8, and its encoding cannot be told from its bytes: declare it, or save the file as UTF-8."
    )
