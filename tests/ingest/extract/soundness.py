"""Whether parts can be stored: what must hold however hostile the bytes were."""

import json

from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest, Part
from ragline.ingest.reasons import REASONS


def sound(parts: list[Part]) -> list[str]:
    """The outcome of every part, after checking that each is a document that can be stored, or a documented reason."""
    assert parts
    for part in parts:
        part.name.encode()
        assert (part.parsed is None) != (part.refusal is None)
        if part.refusal:
            assert part.refusal.reason in REASONS
            part.refusal.message.encode()
            continue
        parsed = part.parsed
        assert parsed.text.strip()
        assert "\x00" not in parsed.text
        parsed.text.encode()
        parsed.title.encode()
        json.dumps(parsed.metadata).encode()
        assert list(parsed.page_starts) == sorted(parsed.page_starts)
        assert all(0 <= start <= len(parsed.text) for start in parsed.page_starts)
    return [part.refusal.reason if part.refusal else "document" for part in parts]


def outcome(content: bytes | str, name: str = "") -> str:
    (found,) = sound(extract(ParseRequest(content if isinstance(content, bytes) else content.encode(), name)))
    return found
