from tests.ingest.extract.extracted import only, text_of


def test_json_lines_are_records_and_a_bad_one_is_named():
    assert text_of('{"a": 1}\n\n{"a": [2]}\n', "a.jsonl") == "- **a**: 1\n\n- **a**:\n  - 2\n"
    refused = only('{"a": 1}\n{"a": }\n', "a.jsonl").refusal
    assert refused.reason == "parse_error"
    assert refused.message.startswith("Line 2: Not JSON")
