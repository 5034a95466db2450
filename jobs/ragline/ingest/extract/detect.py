"""Detect the media type of a file by its bytes. Its name and the declared type only decide between kinds of text."""

import io
import json
import re
import tarfile
import unicodedata
import zipfile

from ragline.ingest.extract.parse.code_languages import XML_SOURCE, is_code
from ragline.ingest.extract.parse.media_types import (
    BZIP2,
    DOC,
    DOCX,
    EML,
    EPUB,
    GZIP,
    HTML,
    JPEG,
    JSON,
    MSG,
    OCTETS,
    ODP,
    ODS,
    ODT,
    PDF,
    PLAIN,
    PNG,
    PPT,
    PPTX,
    RTF,
    TAR,
    TEXT_TYPES,
    TIFF,
    XLS,
    XLSX,
    XZ,
    ZIP,
    base_type,
    media_type_of_file,
)  # fmt: skip
from ragline.ingest.item import ItemRefused

_MAGIC = (
    (b"PK\x03\x04", ZIP), (b"PK\x05\x06", ZIP), (b"PK\x07\x08", ZIP), (b"\x1f\x8b", GZIP), (b"BZh", BZIP2), (b"\xfd7zXZ\x00", XZ),
    (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG), (b"II*\x00", TIFF), (b"MM\x00*", TIFF), (b"{\\rtf", RTF),
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ODF = {ODT, ODS, ODP, EPUB}
_OOXML = (("word/", DOCX), ("ppt/", PPTX), ("xl/", XLSX))
# Possessive: a page that begins with a thousand comments must not be read in a thousand ways.
_HTML = re.compile(
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_XML = re.compile(rb"\s*<\?xml\s")
_MAIL_FIELD = re.compile(
    rb"^(?:return-path|received|message-id|mime-version|delivered-to|x-mailer|in-reply-to|from|to|date|subject|cc|reply-to"
    rb"|content-type|content-transfer-encoding|dkim-signature|list-id|sender|references):",
    re.IGNORECASE,
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x0b\x1b\x00"))
_HEAD = 8192


def detect(content: bytes, name: str, declared: str = "") -> str:
    """The media type of ``content``, without parameters.

    Raises:
        ItemRefused: ``encrypted`` or ``parse_error``, where that already shows.
    """
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return _inside_zip(content) if kind is ZIP else kind
    if content.startswith(_OLE):
        return _inside_ole(content)
    if b"%PDF-" in content[:1024]:
        return PDF
    if is_tar(content):
        return TAR
    return _text_type(content, name, base_type(declared)) if _is_text(content) else _binary_type(content)


def is_tar(content: bytes) -> bool:
    """Whether it begins with the head of a member, whose sum is right also where the magic of newer tars is missing."""
    if content[257:262] == b"ustar":
        return True
    try:
        tarfile.TarInfo.frombuf(content[:512], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


def _inside_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                kind = archive.read("mimetype").strip().decode("ascii", "replace").removesuffix("-template")
                if kind in _ODF:
                    return kind
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise ItemRefused("parse_error", f"A damaged zip file: {str(error)[:200]}.") from error
    if "[Content_Types].xml" in names:
        for folder, kind in _OOXML:
            if any(name.startswith(folder) for name in names):
                return kind
    return ZIP


def _inside_ole(content: bytes) -> str:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            streams = {entry[0].casefold() for entry in container.listdir() if entry}
    except Exception as error:  # olefile raises whatever a damaged sector makes it raise
        raise ItemRefused("parse_error", f"A damaged OLE file: {str(error)[:200]}.") from error
    if "encryptedpackage" in streams:
        raise ItemRefused("encrypted", "An Office document protected by a password.")
    kinds = {"__properties_version1.0": MSG, "worddocument": DOC, "workbook": XLS, "book": XLS, "powerpoint document": PPT}
    return next((kind for stream, kind in kinds.items() if stream in streams), "application/x-ole-storage")


def _is_text(content: bytes) -> bool:
    """Few control characters, or UTF-16 or UTF-32. NULs alone do not make a text binary, unless every third byte is one."""
    if content.startswith(_UTF16) or looks_like_utf16(content) or looks_like_utf32(content):
        return True
    head = content[:_HEAD]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls <= 0.02 * len(head) + 1 and head.count(0) <= 0.3 * len(head) + 1


def looks_like_utf16(content: bytes) -> str | None:
    """``utf-16-le`` or ``utf-16-be`` if NULs stand at one parity only, there are many, and the rest reads as words."""
    if len(content) < 4 or len(content) % 2 or not content.count(0, 0, _HEAD):
        return None
    head = content[: _HEAD // 2 * 2]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < 0.02 * len(head) or min(even, odd) > 0.05 * max(even, odd):
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    return encoding if _reads_as_words(head.decode(encoding, "replace")) else None


def looks_like_utf32(content: bytes) -> str | None:
    """``utf-32-le`` or ``utf-32-be`` if every four bytes are a character, as in no other text, and they read as words."""
    if len(content) % 4 or content[:_HEAD].count(0) < 0.25 * len(content[:_HEAD]):
        return None
    for encoding in ("utf-32-le", "utf-32-be"):
        try:
            text = content[:_HEAD].decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and _reads_as_words(text):
            return encoding
    return None


def _reads_as_words(text: str) -> bool:
    # Letters and digits, the marks above and below them, punctuation.
    wordlike = sum(character.isspace() or unicodedata.category(character)[0] in "LMNP" for character in text)
    return wordlike > 0.85 * len(text)


def _binary_type(content: bytes) -> str:
    import filetype

    found = filetype.guess_mime(content[:_HEAD])
    return str(found) if found else OCTETS


def _text_type(content: bytes, name: str, declared: str) -> str:
    hint = _hint(name, declared)
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if hint == HTML or (_HTML.match(head) and not is_code(hint)):
        return HTML
    if hint in TEXT_TYPES and hint != PLAIN:
        return hint
    if hint == EML or (hint in (PLAIN, OCTETS) and _is_mail(head)):
        return EML
    if is_code(hint):
        return hint
    if _XML.match(head):
        return XML_SOURCE
    return JSON if hint != PLAIN and _is_json(content) else PLAIN


def _hint(name: str, declared: str) -> str:
    """The declared type, else that of the name, if it is a type of text: the bytes are text already."""
    for hint in (declared, media_type_of_file(name)):
        if hint in TEXT_TYPES - {PLAIN} or hint == EML or is_code(hint):
            return {"application/xhtml+xml": HTML, "application/x-ndjson": "application/jsonl"}.get(hint, hint)
    return PLAIN if PLAIN in (declared, media_type_of_file(name)) else OCTETS


def _is_mail(head: bytes) -> bool:
    """At least three known header fields, or a mailbox line, before the first empty line."""
    lines = re.split(rb"\r?\n", head)
    fields = 0
    for number, line in enumerate(lines):
        if not line.strip():
            break
        if number == 0 and line.startswith((b"From ", b">From ")):
            continue
        if _MAIL_FIELD.match(line):
            fields += 1
        elif not (line[:1] in (b" ", b"\t") or re.match(rb"[!-9;-~]+:", line)):
            return False
    return fields >= 3


def _is_json(content: bytes) -> bool:
    if content.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True
