"""Take the words of a known-item query out of the text that is searched for them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragline.contracts.chunk_text import encoder_input
from ragline.contracts.known_items import normalise_query

_WORD = re.compile(r"\w+")
# A shorter query may stand in a sentence for its own sake: only a line of its own is taken out for it.
_SENTENCE_WORDS = 3


@dataclass(frozen=True)
class ChunkText:
    """What the encoder input of a chunk is put together from."""

    title: str
    heading_path: tuple[str, ...]
    text: str

    def encoder_input(self, heading_prefix: bool) -> str:
        """The string that is embedded; empty if nothing but the prefix is left of the chunk."""
        if not self.text.strip():
            return ""
        return encoder_input(self.title, self.heading_path, self.text, heading_prefix=heading_prefix)


def mask(chunk: ChunkText, queries: Sequence[str]) -> ChunkText:
    """The chunk without these queries: not as its title, not in its heading path, not as a line of its text.

    A query of three words or more is also taken out of the middle of a line, whatever punctuation, markup and white
    space stands between its words.
    """
    masked_lines = {_words(query) for query in queries}
    text = "\n".join(line for line in chunk.text.split("\n") if not _words(line) or _words(line) not in masked_lines)
    for query in queries:
        if len(_words(query)) >= _SENTENCE_WORDS:
            text = _pattern(query).sub("", text)
    title = "" if _words(chunk.title) in masked_lines else chunk.title
    return ChunkText(title, tuple(heading for heading in chunk.heading_path if _words(heading) not in masked_lines), text)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(normalise_query(text).replace("_", " ")))


def _pattern(query: str) -> re.Pattern[str]:
    words = r"[\W_]+".join(re.escape(word) for word in _words(query))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
