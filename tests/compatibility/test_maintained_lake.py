"""Maintenance of a lake that earlier versions wrote."""

import json
from pathlib import Path

import pytest

from ragline.contracts.tables import EMBEDDINGS, TABLES
from ragline.lake.lake import Lake
from ragline.lake.migrations.migrate import migrate
from tests.compatibility.kept_project import ARCHIVES, unpack
from tests.maintain.histories import run_maintain

# Vectors of texts that no chunk has any more are not rows that count.
COUNTED = [table for table in TABLES.values() if table is not EMBEDDINGS]


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda archive: archive.name)
def test_an_old_lake_loses_dead_rows_and_content_in_its_logs_and_nothing_that_counts(archive, tmp_path):
    settings = unpack(archive, tmp_path)
    lake = Lake(settings.lake.uri)
    migrate(lake, "upgrade")
    before = {table.name: sorted(map(repr, lake.read(table).to_pylist())) for table in COUNTED}
    counts = run_maintain(lake, deleted=0).counts
    assert counts["log entries freed of content"] > 0
    assert counts["rows removed"] > 0
    assert {table.name: sorted(map(repr, lake.read(table).to_pylist())) for table in COUNTED} == before
    logs = [file for table in TABLES for file in Path(lake.uri, table).rglob("_delta_log/*.json")]
    actions = [json.loads(line) for file in logs for line in file.read_text().splitlines()]
    statistics = [json.loads(action["add"]["stats"]) for action in actions if "add" in action]
    assert {name for told in statistics for name in told.get("minValues", {})} <= {"doc_id", "seq"}
    assert statistics
