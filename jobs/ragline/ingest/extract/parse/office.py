"""DOCX, XLSX, ODS, EPUB, RTF and CSV, by kreuzberg (MIT): the best of those compared in benchmarks/results/parsers.md."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from kreuzberg import ExtractionConfig, KreuzbergError, extract_bytes_sync

from ragline.ingest.extract.parse.brackets import up_to
from ragline.ingest.extract.parse.charts import chart_tables
from ragline.ingest.extract.parse.clean import clean_text, tidy
from ragline.ingest.extract.parse.compact_sheets import compacted
from ragline.ingest.extract.parse.dates import iso_date
from ragline.ingest.extract.parse.markdown import first_heading
from ragline.ingest.extract.parse.media_types import DOCX, ODS, XLSX
from ragline.ingest.extract.parse.open_document import ods_properties
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.parse.repeated_cells import without_long_repeats
from ragline.ingest.extract.parse.word_frames import without_frames
from ragline.ingest.item import ItemRefused

# What kreuzberg would not read well is put in order before.
_PREPARED: Mapping[str, Callable[[bytes], bytes]] = {DOCX: without_frames, XLSX: compacted, ODS: without_long_repeats}
_IMAGE = re.compile(r"!\[(" + up_to(r"\]") + r")\]\(" + up_to(r")\n") + r"\)")
# Markdown escapes that protect nothing where they stand, and would only be in the way of a search.
_ESCAPE = re.compile(r"\\([!.\-+#(){}_~>&%$@'\"=^])")
# Not a header's, which a line of dashes follows.
_EMPTY_ROW = re.compile(r"^\|(?:[ \t]*\|)+\n(?!\|[ ]*-)", re.MULTILINE)
_EMPTY_CELLS = re.compile(r"(?<![ \t|])(?:[ \t]*+\|){200,}+")


def parse(content: bytes, media_type: str) -> Parsed:
    """Title, text and properties of an office document."""
    config = ExtractionConfig(output_format="markdown", use_cache=False, enable_quality_processing=False)
    try:
        result = extract_bytes_sync(_PREPARED.get(media_type, bytes)(content), media_type, config=config)
    except KreuzbergError as error:
        reason = "encrypted" if re.search(r"password|encrypt", str(error), re.IGNORECASE) else "parse_error"
        raise ItemRefused(reason, f"Not readable as {media_type}: {str(error)[:300]}") from error
    charts = chart_tables(content) if media_type == DOCX else []
    markdown = _unescaped(_IMAGE.sub(r"\1", _EMPTY_CELLS.sub(" |", _EMPTY_ROW.sub("", result.content))))
    text = tidy(clean_text("\n\n".join([markdown.rstrip(), *charts])))
    metadata, title = _properties(result.metadata), _title(result.metadata)
    if media_type == ODS:
        own, own_title = ods_properties(content)
        metadata, title = {**metadata, **own}, own_title or title
    return Parsed(title or first_heading(text), text, metadata)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def _title(found: Mapping[str, Any]) -> str:
    title = found.get("title")
    return " ".join(clean_text(title).split()) if isinstance(title, str) else ""


def _properties(found: Mapping[str, Any]) -> dict[str, object]:
    keywords = found.get("keywords")
    authors = [clean_text(name) for name in found.get("authors") or [] if isinstance(name, str) and name.strip()]
    properties = {
        "authors": authors,
        "created": iso_date(found.get("created_at")),
        "modified": iso_date(found.get("modified_at")),
        "language": found.get("language"),
        "subject": found.get("subject"),
        "keywords": [word for word in keywords if isinstance(word, str)] if isinstance(keywords, list) else [],
    }
    return {name: clean_text(value) if isinstance(value, str) else value for name, value in properties.items() if value}
