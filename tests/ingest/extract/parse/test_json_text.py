import json

import pytest

from tests.ingest.extract.extracted import only, reason


def test_json_is_a_list_of_its_keys():
    value = {"title": "Lamp", "price": 12.50, "tags": ["red", "tall"], "maker": {"name": "Lum", "since": None}, "gone": []}
    part = only(json.dumps(value), "a.json")
    assert part.parsed.title == "Lamp"
    assert part.parsed.text == (
        "- **title**: Lamp\n- **price**: 12.5\n- **tags**:\n  - red\n  - tall\n- **maker**:\n  - **name**: Lum\n"
        "  - **since**: null\n- **gone**: []\n"
    )


@pytest.mark.parametrize("text", ["[NaN]", '{"a": 1}x', "[1,]", '["\x00"]', "[" * 100_000, '["a\nb"]'])
def test_what_is_called_json_and_is_none_is_refused(text):
    assert reason(text, "a.json") == "parse_error"
