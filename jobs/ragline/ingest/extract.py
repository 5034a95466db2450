"""From an item's bytes to its title and text, or to the reason why not."""

import logging

from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.parse.media_types import base_type, parse
from ragline.ingest.parse.parsed import Parsed
from ragline.ingest.withhold import withhold

log = logging.getLogger(__name__)

# Raised by hand when the same bytes start to give another text: every document is then parsed again.
PARSER_REVISION = 1
_LONGEST_TITLE = 300


def extract(item: Item, content: bytes, max_bytes: int) -> Parsed:
    """Title and text of an item.

    Raises:
        ItemRefused: ``too_large``, ``empty_document``, ``unsupported_type``, ``invalid_encoding`` or ``parse_error``.
    """
    if len(content) > max_bytes:
        raise ItemRefused("too_large", f"Larger than {max_bytes:,} bytes (the source's max_bytes).")
    if not content.strip():
        raise ItemRefused("empty_document", "It holds nothing but blanks." if content else "It has no bytes.")
    try:
        parsed = parse(content, item.media_type)
    except ItemRefused:
        raise
    except Exception as error:  # a parser may raise anything; one document must not end the run
        log.debug("%s", item.uri, exc_info=True)
        reason = f"Not readable as {base_type(item.media_type)}: {type(error).__name__}: {str(error)[:300]}"
        raise ItemRefused("parse_error", reason) from error
    text = withhold(parsed.text, item.withheld)
    if not text.strip():
        raise ItemRefused("empty_document", "It has no text of its own: only markup, badges, or its summary.")
    return Parsed((item.title or parsed.title)[:_LONGEST_TITLE], text)
