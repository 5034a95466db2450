"""Plain text."""

from ragline.ingest.extract.parse.clean import tidy
from ragline.ingest.extract.parse.decoding import decode
from ragline.ingest.extract.parse.parsed import Parsed

LONGEST_TITLE = 100


def parse(content: bytes, charset: str | None = None) -> Parsed:
    """The text as it is; its first line is the title if it is short and stands alone."""
    text = tidy(decode(content, charset))
    first, _, rest = text.lstrip().partition("\n")
    title = first.strip() if len(first) <= LONGEST_TITLE and (not rest or rest.startswith("\n")) else ""
    return Parsed(title, text)
