"""A feedback event as applications send it: one JSON object per line."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

Id = Annotated[str, Field(min_length=1, max_length=256)]


class FeedbackEvent(BaseModel):
    """What a user asked, what was shown in which order, and what they took or named instead.

    The ids are chunk ids, as every hit of a search carries them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: Id
    query: Annotated[str, Field(min_length=1, max_length=10_000)]
    release: Annotated[int, Field(ge=1)]
    ranked: Annotated[list[Id], Field(max_length=1000)] = []
    clicked: Annotated[list[Id], Field(max_length=1000)] = []
    corrected: Annotated[list[Id], Field(max_length=1000)] = []
    user: str = ""
    time: datetime

    @field_validator("query")
    @classmethod
    def _has_words(cls, query: str) -> str:
        if not query.strip():
            raise ValueError("the query is blank")
        return query

    @field_validator("time")
    @classmethod
    def _in_utc(cls, time: datetime) -> datetime:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


@dataclass(frozen=True)
class BadEvent:
    """A line that is not taken: the reason (one of ``reasons.LINE_REFUSED``), and what exactly is wrong."""

    reason: str
    message: str


def parse_event(line: bytes) -> FeedbackEvent | BadEvent:
    """Read one line; what cannot be read comes back with its reason."""
    try:
        record: Any = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return BadEvent("not_utf8", f"byte {error.start} is not UTF-8")
    except (json.JSONDecodeError, RecursionError) as error:
        return BadEvent("not_json", str(error))
    try:
        event = FeedbackEvent.model_validate(record)
        event.model_dump_json()  # a lone surrogate is JSON, but cannot be stored as text
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, p['loc'])) or 'event'}: {p['msg']}" for p in error.errors()]
        return BadEvent("bad_event", "; ".join(problems))
    except ValueError as error:
        return BadEvent("bad_event", str(error))
    if not_shown := sorted(set(event.clicked) - set(event.ranked)):
        rest = f" and {len(not_shown) - 1} more" if len(not_shown) > 1 else ""
        return BadEvent("click_not_shown", f"event {event.event_id}: clicked {not_shown[0]!r}{rest}, which ranked does not list")
    return event
