"""An upgrade reads nothing again, and settings that change from then on are noticed."""

import pytest
import yaml

from ragline.config.loader import load_settings
from ragline.contracts.tables import DOCUMENTS, ITEMS
from ragline.ingest.job import Scope, ingest
from ragline.ingest.sources.table import TableSource
from ragline.lake.lake import Lake
from ragline.runtime.run import execute
from tests.compatibility.kept_project import ARCHIVES, unpack


@pytest.fixture(params=ARCHIVES, ids=lambda file: file.name)
def config(request, tmp_path):
    return unpack(request.param, tmp_path / "project").file


def run(config):
    return execute("ingest", load_settings(config), "upgraded", lambda run: ingest(run, Scope()))


def items(config):
    return Lake(load_settings(config).lake.uri).read(ITEMS)


def by_id(items):
    """The items that have documents; a record without an id has an address of its own, in a folder that was another one then."""
    rows = items.drop_columns(["settings_hash", "seq"]).to_pylist()
    return {row["doc_id"]: row for row in rows if not row["source_id"].startswith("record:")}


@pytest.fixture
def read(monkeypatch):
    """The ids of all items that were read."""
    found = []

    def open_all(source, items, original=TableSource.open_all):
        for item, opener in original(source, items):
            found.append(item.source_id)
            yield item, opener

    monkeypatch.setattr(TableSource, "open_all", open_all)
    return found


def edit_source(config, **keys):
    tree = yaml.safe_load(config.read_text())
    tree["sources"][0] |= keys
    config.write_text(yaml.safe_dump(tree))


def test_items_of_earlier_code_get_the_hash_of_their_settings_and_are_not_read(config, read):
    before = items(config)
    assert before["settings_hash"].null_count == before.num_rows
    documents = Lake(load_settings(config).lake.uri).version(DOCUMENTS)
    for _ in range(2):
        assert run(config).status == "nothing_to_do"
    after = items(config)
    assert read == []
    assert after["settings_hash"].null_count == 0
    assert by_id(after) == by_id(before)
    assert Lake(load_settings(config).lake.uri).version(DOCUMENTS) == documents
    edit_source(config, fields={"text": "title"})
    assert run(config).counts["changed"] == len(read) == len(by_id(before))


def test_a_configuration_that_changed_with_the_upgrade_reads_them_once(config, read):
    edit_source(config, max_bytes=2_000_000)
    assert run(config).status == "nothing_to_do"
    assert len(read) == len(by_id(items(config)))
    assert items(config)["settings_hash"].null_count == 0
    read.clear()
    edit_source(config, max_bytes=3_000_000)
    assert run(config).status == "nothing_to_do"
    assert read == []
