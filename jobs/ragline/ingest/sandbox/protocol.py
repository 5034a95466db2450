"""What the two ends of the pipe agree on."""

from typing import Any

import msgspec

from ragline.runtime.settings import OcrSettings, ParseLimits

# How the parser's process says why it ended, where it can.
EXIT_RETIRED, EXIT_MEMORY, EXIT_TOO_LARGE = 0, 77, 78
READY = b"ready"


def settings_frame(limits: ParseLimits, ocr: OcrSettings) -> bytes:
    """The first message: what the process may use."""
    settings: dict[str, Any] = {"limits": limits.model_dump(), "ocr": ocr.model_dump()}
    return msgspec.msgpack.encode(settings)


def largest_reply(limits: ParseLimits) -> int:
    """Bytes that an answer may have: the text, and what names and reasons of as many members as are allowed may need."""
    return limits.text_mb * 2**20 + limits.archive_members * 2000 + 2**20
