"""From one document to the rows of its chunks."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragline.contracts.chunk_text import encoder_input
from ragline.contracts.fingerprints import chunk_id, text_hash
from ragline.preprocess.chunking.chunker import Passage
from ragline.preprocess.chunking.pages import page_at, page_starts
from ragline.preprocess.chunking.strategies import make_chunker
from ragline.preprocess.chunking.token_counter import TokenCounter
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.cleaning.normalise import normalise
from ragline.preprocess.privacy.emails import redact_emails
from ragline.runtime.preprocess_settings import PreprocessSettings

_CARRIED = ("doc_id", "source", "source_id", "uri", "access_labels", "tenant")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class DocumentChunks:
    """The chunk rows of one document (``seq`` not filled in), and how many e-mail addresses were replaced."""

    rows: list[dict[str, Any]]
    redacted_emails: int


def chunk_document(
    document: Row, settings: PreprocessSettings, counter: TokenCounter, model_folder: Path | None = None
) -> DocumentChunks:
    """Clean and cut one row of ``documents``; strategy ``semantic`` needs the embedding model's folder."""
    chunker = make_chunker(settings.chunk, counter, model_folder)
    cleaned, found = _clean(document["text"] or "", settings)
    heading, found_in_title = _clean(document["title"] or "", settings)
    title = chunker.shorten_title(" ".join(heading.text.split()))
    carried = {name: document[name] for name in _CARRIED}
    occurrences: Counter[str] = Counter()
    pages = page_starts(document.get("metadata"))
    rows = []
    for ordinal, passage in enumerate(chunker.chunk(cleaned.text, title)):
        text = cleaned.text[passage.start : passage.end]
        key = text_hash(encoder_input(title, passage.heading_path, text, heading_prefix=settings.chunk.heading_prefix))
        identity = chunk_id(document["doc_id"], key, occurrences[key])
        occurrences[key] += 1
        rows.append(
            {
                **carried,
                **(place := _place(document["text"], cleaned, passage)),
                "page": page_at(pages, place["span_start"]),
                "chunk_id": identity,
                "title": title,
                "ordinal": ordinal,
                "text": text,
                "text_hash": key,
                "heading_path": list(passage.heading_path),
                "token_count": passage.token_count,
                "language": None,
                "deleted": False,
            }
        )
    return DocumentChunks(rows, found + found_in_title)


def _clean(text: str, settings: PreprocessSettings) -> tuple[CleanedText, int]:
    cleaned = normalise(text)
    return redact_emails(cleaned) if settings.redact.emails else (cleaned, 0)


def _place(original: str, cleaned: CleanedText, passage: Passage) -> dict[str, Any]:
    """The passage's span of the original, and its alignment unless they are equal."""
    start, end = cleaned.origin_of_start(passage.start), cleaned.origin_of_end(passage.end)
    same = original[start:end] == cleaned.text[passage.start : passage.end]
    return {
        "span_start": start,
        "span_end": end,
        "alignment": None if same else cleaned.alignment(passage.start, passage.end),
    }
