"""From bytes to text."""

import codecs

from ragline.ingest.item import ItemRefused
from ragline.ingest.parse.clean import clean_text

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(content: bytes, declared: str | None = None) -> str:
    """Clean text in the encoding that a byte-order mark says, or else the declared one, or else UTF-8.

    Raises:
        ItemRefused: ``invalid_encoding``; bytes are never guessed at or left out.
    """
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), declared or "utf-8")
    try:
        return clean_text(content.decode(encoding))
    except UnicodeDecodeError as error:
        raise ItemRefused(
            "invalid_encoding", f"Not valid {encoding.upper()}: byte 0x{content[error.start]:02x} at offset {error.start:,}."
        ) from error
    except (LookupError, UnicodeError) as error:
        raise ItemRefused("invalid_encoding", f"The declared encoding {encoding!r} cannot be read: {error}.") from error
