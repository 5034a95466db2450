"""Media types: by a file's name, and the parser of each."""

import importlib
import mimetypes
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import PurePosixPath

from ragline.ingest.extract.parse.code_languages import CODE, is_code
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.item import ItemRefused

MARKDOWN, REST, HTML, PLAIN = "text/markdown", "text/x-rst", "text/html", "text/plain"
CSV, JSON, JSON_LINES, EML = "text/csv", "application/json", "application/jsonl", "message/rfc822"
RTF, PDF, EPUB, MSG = "application/rtf", "application/pdf", "application/epub+zip", "application/vnd.ms-outlook"
_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX, PPTX = _OOXML + "wordprocessingml.document", _OOXML + "presentationml.presentation"
XLSX = _OOXML + "spreadsheetml.sheet"
DOC, XLS, PPT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"
_ODF = "application/vnd.oasis.opendocument."
ODT, ODS, ODP = _ODF + "text", _ODF + "spreadsheet", _ODF + "presentation"
ZIP, TAR, GZIP, BZIP2, XZ = "application/zip", "application/x-tar", "application/gzip", "application/x-bzip2", "application/x-xz"
PNG, JPEG, TIFF = "image/png", "image/jpeg", "image/tiff"
OCTETS = "application/octet-stream"

_BY_SUFFIX = {
    ".md": MARKDOWN, ".markdown": MARKDOWN, ".mdx": MARKDOWN, ".rst": REST, ".rest": REST,
    ".html": HTML, ".htm": HTML, ".xhtml": HTML, ".txt": PLAIN, ".text": PLAIN, ".log": PLAIN,
    ".csv": CSV, ".tsv": CSV, ".json": JSON, ".jsonl": JSON_LINES, ".ndjson": JSON_LINES, ".eml": EML, ".msg": MSG,
    ".pdf": PDF, ".docx": DOCX, ".docm": DOCX, ".pptx": PPTX, ".pptm": PPTX, ".xlsx": XLSX, ".xlsm": XLSX,
    ".doc": DOC, ".xls": XLS, ".ppt": PPT, ".odt": ODT, ".ods": ODS, ".odp": ODP, ".epub": EPUB, ".rtf": RTF,
}  # fmt: skip
_MODULES = {
    MARKDOWN: "markdown", "text/x-markdown": "markdown", REST: "rest", "text/prs.fallenstein.rst": "rest",
    HTML: "html", "application/xhtml+xml": "html", PLAIN: "plain", JSON: "json_text", JSON_LINES: "json_lines",
    CSV: "office", DOCX: "office", XLSX: "office", ODS: "office", EPUB: "office", RTF: "office",
    PPTX: "slides", DOC: "slides", XLS: "slides", PPT: "slides", ODT: "open_document", ODP: "open_document", PDF: "pdf",
}  # fmt: skip
TEXT_TYPES = {
    MARKDOWN,
    "text/x-markdown",
    REST,
    "text/prs.fallenstein.rst",
    HTML,
    "application/xhtml+xml",
    PLAIN,
    CSV,
    JSON,
    JSON_LINES,
}
ARCHIVES = {ZIP, TAR, GZIP, BZIP2, XZ}
IMAGES = {PNG, JPEG, TIFF}
Parser = Callable[[bytes, str | None], Parsed]


def media_type_of_file(name: str) -> str:
    """The media type a file's name stands for."""
    suffix = PurePosixPath(name).suffix.lower()
    known = _BY_SUFFIX.get(suffix) or CODE.get(suffix)
    return known or mimetypes.guess_type(name)[0] or OCTETS


def base_type(media_type: str) -> str:
    """``text/markdown`` of ``text/markdown; charset=UTF-8; variant=GFM``."""
    return media_type.partition(";")[0].strip().lower()


def parse(content: bytes, media_type: str) -> Parsed:
    """Read an item's bytes as its media type says.

    Raises:
        ItemRefused: no parser reads this type, or the content is not what its type says.
    """
    base = base_type(media_type)
    module = "code" if is_code(base) else _MODULES.get(base)
    if module is None:
        raise ItemRefused(
            "unsupported_type", f"No parser reads {media_type or 'an unnamed type'}; docs/formats.md lists what is read."
        )
    # A parser's library is loaded when the first document of its type is there.
    found = importlib.import_module(f"ragline.ingest.extract.parse.{module}")
    if module in ("office", "slides", "open_document", "code"):  # these read several types
        return found.parse(content, base)  # type: ignore[no-any-return]
    parser: Parser = found.parse
    return parser(content, charset_of(media_type))


def charset_of(media_type: str) -> str | None:
    """The charset that a media type names, if any."""
    if "charset" not in media_type.lower():
        return None
    message = EmailMessage()
    message["Content-Type"] = " ".join(media_type.split())
    return message.get_content_charset()
