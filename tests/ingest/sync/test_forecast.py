import json

from typer.testing import CliRunner

from ragline.cli import app
from ragline.contracts.tables import DOCUMENTS
from ragline.ingest.job import Scope, ingest
from ragline.ingest.sync.cost import cost
from ragline.ingest.sync.forecast import Forecast, forecast
from ragline.ingest.sync.options import SyncOptions
from tests.ingest.job_runs import two_sources


def forecasts(project, **options):
    return forecast(project.settings(), None, SyncOptions(**options))


def looked(project):
    (found,) = forecasts(project)
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
    found = looked(project)
    assert "Source 'handbook': 7 of the 12 documents known from it are missing (58%," in found.stopped_by
    assert "--allow-mass-delete" in found.stopped_by
    (allowed,) = forecasts(project, allow_mass_delete=True)
    assert (allowed.deleted, allowed.stopped_by, allowed.may_be_stopped_by) == (7, "", "")


def test_a_renamed_folder_is_not_said_to_stop_it(project):
    run_ingest(project)
    (project.corpus / "guides").rename(project.corpus / "manuals")
    found = looked(project)
    assert (found.new, found.moved, found.deleted) == (0, 7, 0)
    assert (found.stopped_by, found.may_be_stopped_by) == ("", "")


def test_where_only_reading_can_tell_a_move_it_says_that_it_may_stop(project):
    run_ingest(project)
    for file in (project.corpus / "guides").iterdir():
        file.with_name(f"copy-{file.name}").write_bytes(file.read_bytes())
        file.unlink()
    found = looked(project)
    assert (found.new, found.deleted, found.stopped_by) == (7, 7, "")
    assert "7 of the 12 documents known from it are missing" in found.may_be_stopped_by
    assert project.run("ingest", lambda run: ingest(run, Scope())).counts["moved"] == 7


def test_a_source_that_is_not_configured_any_more_is_told(project):
    two_sources(project)
    run_ingest(project)
    project.configure(sources=[{"name": "guides", "type": "folder", "uri": "corpus/guides"}])
    _, removed = forecasts(project)
    assert (removed.source, removed.deleted) == ("policies", 5)
    assert "Source 'policies' is not configured any more: 5 of the 5 documents" in removed.stopped_by
    assert [found.source for found in forecast(project.settings(), ["guides"], SyncOptions())] == ["guides"]
    result = CliRunner().invoke(app, ["ingest", "--dry-run", "--config", str(project.config)])
    assert "'policies' is not configured any more" in result.output
    result = CliRunner().invoke(app, ["ingest", "--dry-run", "--allow-mass-delete", "--config", str(project.config)])
    assert "missing" not in result.output
    assert "policies" in result.output


def test_a_renamed_source_has_moved_as_far_as_markers_tell(project):
    run_ingest(project)
    project.configure(sources=[{"name": "docs", "type": "folder", "uri": "corpus"}])
    docs, handbook = forecasts(project)
    assert (docs.new, handbook.moved, handbook.deleted, handbook.stopped_by) == (12, 12, 0, "")


def test_the_command_prints_it_and_writes_nothing(project):
    result = CliRunner().invoke(app, ["ingest", "--dry-run", "--config", str(project.config)])
    assert result.exit_code == 0, result.output
    assert "12" in result.output
    assert "Nothing was written." in result.output
    assert not (project.root / ".ragline/handbook/lake").exists()
    result = CliRunner().invoke(app, ["ingest", "--dry-run", "--json", "--config", str(project.config)])
    assert json.loads(result.stdout)["sources"][0]["new"] == 12
