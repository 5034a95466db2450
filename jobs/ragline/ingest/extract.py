"""From an item's bytes to its parts: documents, or the reasons why not."""

import logging

from ragline.contracts.fingerprints import content_hash
from ragline.ingest.item import ItemRefused, Refusal
from ragline.ingest.parse.media_types import base_type, parse
from ragline.ingest.parse.parsed import Parsed
from ragline.ingest.part import ParseRequest, Part
from ragline.ingest.withhold import withhold

log = logging.getLogger(__name__)

# Raised by hand when the same bytes start to give another text: every document is then parsed again.
PARSER_REVISION = 1
_LONGEST_TITLE = 300


def extract(request: ParseRequest) -> list[Part]:
    """The parts of an item; bytes that cannot be read are a part with a refusal, never an exception."""
    media_type, digest = base_type(request.media_type), content_hash(request.content)
    try:
        return [Part("", media_type, digest, parsed=_parsed(request))]
    except ItemRefused as refused:
        return [Part("", media_type, digest, refusal=Refusal(refused.reason, refused.message))]


def _parsed(request: ParseRequest) -> Parsed:
    if not request.content.strip():
        raise ItemRefused("empty_document", "It holds nothing but blanks." if request.content else "It has no bytes.")
    try:
        parsed = parse(request.content, request.media_type)
    except ItemRefused:
        raise
    except Exception as error:  # a parser may raise anything; one document must not end the run
        log.debug("%s", request.name, exc_info=True)
        reason = f"Not readable as {base_type(request.media_type)}: {type(error).__name__}: {str(error)[:300]}"
        raise ItemRefused("parse_error", reason) from error
    text = withhold(parsed.text, request.withheld)
    if not text.strip():
        raise ItemRefused("empty_document", "It has no text of its own: only markup, badges, or its summary.")
    return Parsed((request.title or parsed.title)[:_LONGEST_TITLE], text, parsed.metadata, parsed.page_starts)
