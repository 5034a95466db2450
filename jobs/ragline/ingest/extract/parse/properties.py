"""The properties of documents (authors, dates, subject …) under the names that all formats share."""

from collections.abc import Iterable

from ragline.ingest.extract.parse.clean import clean_text
from ragline.ingest.extract.parse.dates import iso_date

_MOST = 100


def properties(
    *,
    authors: Iterable[object] = (),
    created: object = None,
    modified: object = None,
    language: object = None,
    subject: object = None,
    keywords: Iterable[object] = (),
) -> dict[str, object]:
    """The metadata of a document; what is empty, no text, or no date where there should be one, is left out."""
    found: dict[str, object] = {
        "authors": _words(authors),
        "created": iso_date(created),
        "modified": iso_date(modified),
        "language": _word(language),
        "subject": _word(subject),
        "keywords": _words(keywords),
    }
    return {name: value for name, value in found.items() if value}


def _words(values: Iterable[object]) -> list[str]:
    return list(dict.fromkeys(word for value in values if (word := _word(value))))[:_MOST]


def _word(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return " ".join(clean_text(value).split()) if isinstance(value, str) else ""


def listed(value: object) -> list[object]:
    """The values of a list, or of a text with commas or semicolons between."""
    if isinstance(value, str):
        return [*value.replace(";", ",").split(",")]
    return [*value] if isinstance(value, list | tuple) else []
