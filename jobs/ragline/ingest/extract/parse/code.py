"""Source code: kept as it is, in a fence, so that no later stage takes its comments for headings."""

import re

from ragline.ingest.extract.parse.clean import tidy
from ragline.ingest.extract.parse.code_languages import language_of
from ragline.ingest.extract.parse.decoding import decode
from ragline.ingest.extract.parse.parsed import Parsed


def parse(content: bytes, media_type: str) -> Parsed:
    """The code in a fence of its language. It has no title: the file's name says what it is."""
    code = tidy(decode(content))
    if not code.strip():
        return Parsed("", "")
    language = language_of(media_type)
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", code)), default=0))
    return Parsed("", f"{ticks}{language}\n{code}{ticks}\n", {"programming_language": language})
