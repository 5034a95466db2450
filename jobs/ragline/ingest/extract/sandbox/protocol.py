"""The messages between the parser's process and the one that started it."""

from typing import Any

import msgspec

from ragline.config.ingest import OcrSettings, ParseLimits
from ragline.ingest.extract.part import Part, Position

# Exit codes by which the parser's process says why it ended. A crash or a signal has others.
EXIT_RETIRED, EXIT_MEMORY, EXIT_TOO_LARGE = 0, 77, 78
READY = b"ready"
# First bytes of the two kinds of frames after that: the position of the member at work, and the parts.
AT, DONE = b"@", b"="
_POSITION = msgspec.msgpack.Decoder(Position)
_PARTS = msgspec.msgpack.Decoder(list[Part])


def settings_frame(limits: ParseLimits, ocr: OcrSettings) -> bytes:
    """The first message: what the process may use."""
    settings: dict[str, Any] = {"limits": limits.model_dump(), "ocr": ocr.model_dump()}
    return msgspec.msgpack.encode(settings)


def position_frame(position: Position) -> bytes:
    """The member at work from now on."""
    return AT + msgspec.msgpack.encode(position)


def parts_frame(parts: list[Part]) -> bytes:
    """The answer to a request."""
    return DONE + msgspec.msgpack.encode(parts)


def read_reply(frame: bytes) -> Position | list[Part]:
    """The position or the parts in a frame of the parser's process.

    Raises:
        msgspec.MsgspecError: it makes no sense.
    """
    body = memoryview(frame)[1:]
    return _POSITION.decode(body) if frame.startswith(AT) else _PARTS.decode(body)


def largest_reply(limits: ParseLimits) -> int:
    """Bytes that an answer may have: the text, and what names and reasons of as many members as are allowed may need."""
    return limits.text_mb * 2**20 + limits.archive_members * 2000 + 2**20
