import json

import pytest

from tests.commands.command_line import printed_by
from tests.project import Project


def test_status_tells_tables_releases_and_last_runs(serving: Project) -> None:
    printed = printed_by(serving, "status")
    status = json.loads(printed_by(serving, "status", "--json"))

    tables = {facts["table"]: facts for facts in status["tables"]}
    assert (tables["chunks"]["rows"], tables["chunks"]["version"], tables["chunks"]["published"]) == (5, 0, 0)
    assert tables["published"]["bytes"] > 0
    assert [(run["job"], run["run_id"], run["status"]) for run in status["runs"]] == [("ingest", "monday", "done")]
    assert [entry["release"] for entry in status["releases"]] == [2, 1]
    for heading in ("Tables", "Releases", "Last runs"):
        assert heading in printed


def test_status_of_a_fresh_project_needs_neither_lake_nor_mlflow(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragline.registry.tracking.connect", None)

    printed = printed_by(project, "status")

    assert "The lake is empty: 'ragline ingest' fills it." in printed
    assert "handbook has no release yet" in printed
