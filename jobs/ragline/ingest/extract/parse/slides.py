"""PPTX, and the binary formats before it (DOC, XLS, PPT), by undoc (MIT)."""

import io
import re

import olefile
from undoc import ErrorKind, UndocError, parse_bytes

from ragline.ingest.extract.parse.clean import clean_text, tidy
from ragline.ingest.extract.parse.core_properties import core_properties
from ragline.ingest.extract.parse.markdown import first_heading
from ragline.ingest.extract.parse.media_types import PPT, PPTX
from ragline.ingest.extract.parse.pages import joined_pages
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.parse.properties import listed, properties
from ragline.ingest.item import ItemRefused

_SLIDE = re.compile(r"^<!-- slide \d+: [^\n]*-->\n", re.MULTILINE)
# What undoc puts between slides, and names slides that have no name of their own.
_FRAME = re.compile(r"\A\s*(?:---\s*\n)?\s*(?:## Slide \d+\s*\n)?")


def parse(content: bytes, media_type: str) -> Parsed:
    """Title, text and properties; each slide is a page."""
    try:
        document = parse_bytes(content)
        # Between slides a comment, so that they can be told apart; a sheet's name is a heading.
        marks = {"section_markers": "comment"} if media_type in (PPTX, PPT) else {}
        markdown = document.to_markdown(escape_special=False, include_images=False, **marks)
        title, author = document.title or "", document.author or ""
    except UndocError as error:
        reason = "encrypted" if error.kind == ErrorKind.ENCRYPTED else "parse_error"
        raise ItemRefused(reason, f"Not readable as {media_type}: {str(error)[:300]}") from error
    pages = [clean_text(_FRAME.sub("", slide)) for slide in _SLIDE.split(clean_text(markdown))]
    text, starts = joined_pages(pages[1:] if len(pages) > 1 and not pages[0].strip() else pages)
    metadata = core_properties(content) if media_type == PPTX else {**properties(authors=[author]), **_of_container(content)}
    title = " ".join(clean_text(title).split()) or first_heading(text)
    return Parsed(title, text if starts else tidy(text), metadata, starts if media_type == PPTX else ())


def _of_container(content: bytes) -> dict[str, object]:
    """The properties in the summary stream of an OLE file."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            found = container.get_metadata()
    except Exception:  # olefile raises whatever a damaged sector makes it raise; the text has been read all the same
        return {}
    encoding = f"cp{found.codepage}" if found.codepage and found.codepage > 0 else "cp1252"

    def words(value: object) -> str:
        try:
            return value.decode(encoding, "replace") if isinstance(value, bytes) else ""
        except LookupError:
            return ""

    return properties(
        authors=[words(found.author)],
        created=found.create_time,
        modified=found.last_saved_time,
        subject=words(found.subject),
        keywords=listed(words(found.keywords)),
    )
