"""JSON as nested lists, one ``**key**: value`` a line, so that it reads and chunks like prose."""

import json
from typing import Any, NoReturn

from ragline.ingest.extract.parse.clean import clean_text, tidy
from ragline.ingest.extract.parse.decoding import decode_exactly
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.item import ItemRefused

_DEEPEST = 200
_INDENT = "  "


def parse(content: bytes, charset: str | None = None) -> Parsed:
    """Title (a top-level ``title`` or ``name``) and text of a JSON document."""
    value = loads(decode_exactly(content, charset))
    return Parsed(title_of(value), tidy(clean_text("\n".join(lines_of(value)))))


def loads(text: str) -> Any:
    """The value of a JSON text, as strict as RFC 8259.

    Raises:
        ItemRefused: ``parse_error``.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_int=str, parse_float=str)
    except RecursionError:
        raise ItemRefused("parse_error", "JSON nested too deep to be read.") from None
    except ValueError as error:
        raise ItemRefused("parse_error", f"Not JSON: {error}.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def title_of(value: Any) -> str:
    """The ``title`` or ``name`` of an object, if it is a string."""
    for key in ("title", "name"):
        if isinstance(value, dict) and isinstance(found := value.get(key), str):
            return " ".join(clean_text(found).split())
    return ""


def lines_of(value: Any, depth: int = 0) -> list[str]:
    """A value as lines of Markdown."""
    if not isinstance(value, dict | list) or not value or depth > _DEEPEST:
        return [_scalar(value)]
    lines: list[str] = []
    for key, entry in value.items() if isinstance(value, dict) else ((None, entry) for entry in value):
        label = "" if key is None else f"**{' '.join(str(key).split())}**:"
        inner = lines_of(entry, depth + 1)
        if isinstance(entry, dict | list) and entry:
            lines.append(f"- {label}".rstrip())
            lines += [_INDENT + line for line in inner]
        else:
            first, *rest = inner[0].splitlines() or [""]
            lines.append(f"- {label} {first}" if label else f"- {first}")
            lines += [_INDENT + line for line in rest]
    return lines


def _scalar(value: Any) -> str:
    if isinstance(value, str) and value.strip().strip("\x00"):
        return value
    return json.dumps(value, ensure_ascii=True)[:1000]
