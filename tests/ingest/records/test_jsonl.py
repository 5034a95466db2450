import pytest

from tests.ingest.sources.table_files import items, table, texts


@pytest.mark.parametrize(
    ("line", "reason", "message"),
    [
        (b"{not json", "bad_record", "Line 2: not JSON"),
        (b"[1, 2]", "bad_record", "not a JSON object but list"),
        (b'{"text": "no id"}', "bad_record", "the field 'id'"),
        (b'{"id": true, "text": "x"}', "bad_record", "the field 'id'"),
        (b'{"id": "a", "text": null}', "bad_record", "the field 'text' must be text"),
        (b'{"id": "a", "text": "caf\xe9"}', "invalid_encoding", "not UTF-8 at byte 24"),
        (b"[" * 100_000, "bad_record", "not JSON"),
        (b'{"id": "a", "text": "' + b"x" * 300_000 + b'"}', "too_large", "Line 2: a record of more than 200,000 bytes"),
        (b'{"id": "a", "text": "' + b"x" * 3_000_000 + b'"}', "too_large", "Line 2: a record of more than 200,000 bytes"),
    ],
)
def test_a_bad_line_is_an_item_that_is_refused(tmp_path, line, reason, message):
    file = tmp_path / "t.jsonl"
    file.write_bytes(b'{"id": "ok", "text": "fine"}\n' + line + b'\n{"id": "last", "text": "fine"}')
    good, bad, last = items(file, max_bytes=200_000)
    assert (good.source_id, last.source_id) == ("ok", "last")
    assert table(file).open(last).read() == b"fine"
    assert bad.refusal.reason == reason
    assert message in bad.refusal.message


def test_a_bad_line_keeps_its_name_when_lines_move(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text("oops\n")
    (before,) = items(file)
    file.write_text('{"id": "a", "text": "x"}\noops\n')
    assert items(file)[1].source_id == before.source_id


def test_lone_surrogates_are_replaced(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text('{"id": "a", "text": "bad \\ud800 pair \\ud83d\\ude00"}')
    assert texts(file) == {"a": "bad \ufffd pair \U0001f600".encode()}


@pytest.mark.shared_data
def test_hostile_json_is_refused_line_by_line_and_never_raises(shared_data, tmp_path):
    files = sorted((shared_data / "hostile_text" / "json").glob("*.json"))
    lines = [file.read_bytes().replace(b"\n", b" ").replace(b"\r", b" ") for file in files]
    file = tmp_path / "t.jsonl"
    file.write_bytes(b"\n".join(lines))
    assert all(item.refusal for item in items(file))
