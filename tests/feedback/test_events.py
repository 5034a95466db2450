import json
from datetime import UTC, datetime

import pytest

from ragline.feedback.events import BadEvent, FeedbackEvent, parse_event

GOOD = {
    "event_id": "e1",
    "query": "vpn",
    "release": 3,
    "ranked": ["a"],
    "clicked": ["a"],
    "user": "ada",
    "time": "2026-01-31T13:00:00+01:00",
}


def test_an_event_is_read_with_its_time_in_utc():
    event = parse_event(json.dumps(GOOD).encode())
    assert isinstance(event, FeedbackEvent)
    assert event.time == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert event.corrected == []


@pytest.mark.parametrize(
    ("line", "reason", "words"),
    [
        (b"\xff\xfe", "not_utf8", "byte 0"),
        (b"{", "not_json", ""),
        (b"[" * 100_000, "not_json", ""),
        (b"[]", "bad_event", "event"),
        (json.dumps({**GOOD, "release": "latest"}).encode(), "bad_event", "release"),
        (json.dumps({**GOOD, "release": 0}).encode(), "bad_event", "release"),
        (json.dumps({**GOOD, "query": "  "}).encode(), "bad_event", "blank"),
        (json.dumps({**GOOD, "event_id": ""}).encode(), "bad_event", "event_id"),
        (json.dumps({**GOOD, "colour": "red"}).encode(), "bad_event", "colour"),
        (json.dumps({**GOOD, "query": "\ud800"}).encode(), "bad_event", ""),
        (json.dumps({k: v for k, v in GOOD.items() if k != "time"}).encode(), "bad_event", "time"),
    ],
)
def test_what_is_not_an_event_says_why(line, reason, words):
    bad = parse_event(line)
    assert isinstance(bad, BadEvent)
    assert bad.reason == reason
    assert words in bad.message
