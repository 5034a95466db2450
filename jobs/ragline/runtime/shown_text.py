"""What a person sees of a document: its names, titles and text on a terminal or in a log, without what would act there.

Whoever writes a document chooses these. Escape sequences move the cursor and set titles, C1 controls do the same in one
character, overrides of the writing direction make ``gpj.exe`` of ``exe.jpg``, and a newline begins a line that others take for
the program's own.
"""

import json
import re
from typing import Any

# Controls but newline and tab; overrides, embeddings and isolates of the writing direction; deprecated format characters,
# annotations, tags; halves of characters. Direction *marks* and joiners stay: they are part of how words are spelled.
_ACTING = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
_UNSAFE = re.compile(f"[{_ACTING}]")
_BREAKS = re.compile("[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_RETURNS = re.compile("\r\n|\r")


def shown(text: object, limit: int | None = None) -> str:
    """A text on one line, of at most ``limit`` characters; what would act on a terminal is spelled out (``\\x1b``)."""
    line = _spelled_out(_BREAKS.sub(" ", str(text)))
    return line if limit is None or len(line) <= limit else f"{line[: limit - 1]}…"


def shown_lines(text: object) -> str:
    """A text with its newlines and tabs; what else would act on a terminal is spelled out."""
    return _spelled_out(_RETURNS.sub("\n", str(text)))


def shown_json(value: Any) -> str:
    """Plain data as JSON: indented, with letters as they are, and what would act on a terminal as JSON's own escapes."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return _UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1], text)


def _spelled_out(text: str) -> str:
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)
