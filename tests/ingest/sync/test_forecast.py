import json

from typer.testing import CliRunner

from ragline.cli import app
from ragline.contracts.tables import DOCUMENTS
from ragline.ingest.job import Scope, ingest
from ragline.ingest.sync.forecast import Forecast, cost, forecast


def looked(project):
    (found,) = forecast(project.settings(), None, None, full_refresh=False)
    return found


def run_ingest(project):
    return project.run("ingest", lambda run: ingest(run, Scope()))


def test_an_empty_lake_would_get_everything(project):
    found = looked(project)
    assert (found.new, found.changed, found.deleted, found.unchanged) == (12, 0, 0, 0)
    assert found.bytes == sum(file.stat().st_size for file in project.corpus.rglob("*") if file.is_file())
    assert project.lake.version(DOCUMENTS) is None
    assert cost(project.lake.uri, 12) is None


def test_changes_are_told_apart_without_reading(project):
    run_ingest(project)
    guides = project.corpus / "guides"
    (guides / "vpn.md").write_text("# The VPN\n\nChanged.\n")
    (guides / "badge.md").write_text("# Badges\n\nAsk.\n")
    (guides / "coffee.md").unlink()
    (guides / "backups.md").rename(guides / "archive.md")
    project.configure(sources=[{"name": "handbook", "type": "folder", "uri": "corpus", "max_bytes": 20}])
    found = looked(project)
    assert found == Forecast("handbook", new=1, changed=1, moved=1, deleted=1, unchanged=9, too_large=1, bytes=35)


def test_it_says_what_would_stop_the_run(project):
    run_ingest(project)
    for file in project.corpus.glob("guides/*"):
        file.unlink()
    assert "are missing" in looked(project).stopped_by


def test_the_command_prints_it_and_writes_nothing(project):
    result = CliRunner().invoke(app, ["ingest", "--dry-run", "--config", str(project.config)])
    assert result.exit_code == 0, result.output
    assert "12" in result.output
    assert "Nothing was written." in result.output
    assert not (project.root / ".ragline/handbook/lake").exists()
    result = CliRunner().invoke(app, ["ingest", "--dry-run", "--json", "--config", str(project.config)])
    assert json.loads(result.stdout)["sources"][0]["new"] == 12
