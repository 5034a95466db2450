"""From one document to the rows of its chunks."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ragline.config.preprocess import PreprocessSettings
from ragline.contracts.chunk_text import encoder_input
from ragline.contracts.fingerprints import chunk_id, text_hash
from ragline.preprocess.chunking.chunker import Chunker, Passage
from ragline.preprocess.chunking.pages import page_at, page_starts
from ragline.preprocess.cleaning.clean import clean
from ragline.preprocess.cleaning.cleaned_text import CleanedText
from ragline.preprocess.filters.language import detect_languages
from ragline.preprocess.protection.protector import Protector

_CARRIED = ("doc_id", "source", "source_id", "uri", "access_labels", "tenant")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class DocumentChunks:
    """The chunk rows of one document (``seq`` not filled in), and how much personal data was found, by kind."""

    rows: list[dict[str, Any]]
    found: Mapping[str, int]


def chunk_document(
    document: Row, settings: PreprocessSettings, chunker: Chunker, boilerplate: Collection[int] = ()
) -> DocumentChunks:
    """Clean and cut one row of ``documents``. ``boilerplate``: hashes of the blocks of its source to leave out."""
    protector = Protector(settings.personal_data, document["source"])
    body = protector.protect(clean(document["text"] or "", boilerplate))
    heading = protector.protect(clean(document["title"] or ""))
    cleaned = body.cleaned
    title = chunker.shorten_title(" ".join(heading.cleaned.text.split()))
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
                "personal_data": list(body.kinds_between(passage.start, passage.end)),
                "deleted": False,
            }
        )
    for row, language in zip(rows, detect_languages([row["text"] for row in rows]), strict=True):
        row["language"] = language
    return DocumentChunks(rows, Counter(body.found) + Counter(heading.found))


def _place(original: str, cleaned: CleanedText, passage: Passage) -> dict[str, Any]:
    """The passage's span of the original, and its alignment unless they are equal."""
    start, end = cleaned.origin_of_start(passage.start), cleaned.origin_of_end(passage.end)
    same = original[start:end] == cleaned.text[passage.start : passage.end]
    return {
        "span_start": start,
        "span_end": end,
        "alignment": None if same else cleaned.alignment(passage.start, passage.end),
    }
