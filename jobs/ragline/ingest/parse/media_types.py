"""Media types: what a file's name says, and which parser reads which."""

import importlib
import mimetypes
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import PurePosixPath

from ragline.ingest.item import ItemRefused
from ragline.ingest.parse.parsed import Parsed

MARKDOWN, REST, HTML, PLAIN = "text/markdown", "text/x-rst", "text/html", "text/plain"

_BY_SUFFIX = {
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".rst": REST,
    ".rest": REST,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".txt": PLAIN,
    ".text": PLAIN,
}
_MODULES = {
    MARKDOWN: "markdown",
    "text/x-markdown": "markdown",
    REST: "rest",
    "text/prs.fallenstein.rst": "rest",
    HTML: "html",
    "application/xhtml+xml": "html",
    PLAIN: "plain",
}
Parser = Callable[[bytes, str | None], Parsed]


def media_type_of_file(name: str) -> str:
    """The media type a file's name stands for."""
    suffix = PurePosixPath(name).suffix.lower()
    return _BY_SUFFIX.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def base_type(media_type: str) -> str:
    """``text/markdown`` of ``text/markdown; charset=UTF-8; variant=GFM``."""
    return media_type.partition(";")[0].strip().lower()


def parse(content: bytes, media_type: str) -> Parsed:
    """Read an item's bytes as its media type says.

    Raises:
        ItemRefused: no parser reads this type, or the content is not what its type says.
    """
    module = _MODULES.get(base_type(media_type))
    if module is None:
        raise ItemRefused("unsupported_type", f"No parser reads {media_type or 'an unnamed type'}; those read: {_known()}.")
    # A parser's library is loaded when the first document of its type is there.
    parser: Parser = importlib.import_module(f"ragline.ingest.parse.{module}").parse
    return parser(content, _charset(media_type))


def _charset(media_type: str) -> str | None:
    message = EmailMessage()
    message["Content-Type"] = media_type
    return message.get_content_charset()


def _known() -> str:
    return ", ".join(sorted(_MODULES))
