import json
from pathlib import Path

import pytest

from ragline.ingest.item import ItemRefused
from ragline.ingest.sources.table import TableOptions, TableSource
from tests.conftest import REPOSITORY

BEIR = REPOSITORY.parent / "shared" / "data" / "beir_pubmedqa" / "corpus.jsonl"
BEIR_FIELDS = {"id": "_id", "title": "title", "text": "text"}


def items(file: Path, **fields: str):
    return list(TableSource("t", TableOptions(uri=str(file), fields=fields), file.parent).items())


def test_a_beir_corpus_is_read_as_it_is(tmp_path):
    file = tmp_path / "corpus.jsonl"
    file.write_text('{"_id": "7", "title": "Statins", "text": "They lower LDL.", "metadata": {}}\n\n')
    (item,) = items(file, **BEIR_FIELDS)
    assert (item.source_id, item.title, item.open().read()) == ("7", "Statins", b"They lower LDL.")


def test_other_fields_become_metadata_and_a_number_may_be_an_id(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text(json.dumps({"nr": 12, "body": "x", "when": 2024, "who": ["a"]}))
    (item,) = items(file, id="nr", text="body", year="when", authors="who", absent="nothing")
    assert item.source_id == "12"
    assert dict(item.metadata) == {"year": 2024, "authors": ["a"]}


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
    ],
)
def test_a_bad_line_is_an_item_that_is_refused(tmp_path, line, reason, message):
    file = tmp_path / "t.jsonl"
    file.write_bytes(b'{"id": "ok", "text": "fine"}\n' + line + b"\n")
    good, bad = items(file)
    assert good.source_id == "ok"
    with pytest.raises(ItemRefused, match=message) as refused:
        bad.open()
    assert refused.value.reason == reason


def test_a_bad_line_keeps_its_name_when_lines_move(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text("oops\n")
    (before,) = items(file)
    file.write_text('{"id": "a", "text": "x"}\noops\n')
    assert items(file)[1].source_id == before.source_id


def test_lone_surrogates_are_replaced(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text('{"id": "a", "text": "bad \\ud800 pair \\ud83d\\ude00"}')
    (item,) = items(file)
    assert item.open().read().decode() == "bad \ufffd pair \U0001f600"


@pytest.mark.shared_data
@pytest.mark.skipif(not BEIR.exists(), reason="the development corpora are not on this machine")
def test_the_real_beir_corpus_has_a_thousand_records():
    found = items(BEIR, **BEIR_FIELDS)
    assert len({item.source_id for item in found}) == 1000
    assert all(item.open().read().strip() for item in found)


JSON_SUITE = REPOSITORY.parent / "shared" / "data" / "hostile_text" / "json"


@pytest.mark.shared_data
@pytest.mark.skipif(not JSON_SUITE.exists(), reason="the development corpora are not on this machine")
def test_hostile_json_is_refused_line_by_line_and_never_raises(tmp_path):
    lines = [file.read_bytes().replace(b"\n", b" ").replace(b"\r", b" ") for file in sorted(JSON_SUITE.glob("*.json"))]
    file = tmp_path / "t.jsonl"
    file.write_bytes(b"\n".join(lines))
    for item in items(file):
        with pytest.raises(ItemRefused):
            item.open()
