import subprocess
import sys

from ragline.contracts.tables import DOCUMENTS
from ragline.runtime.lineage import read_events
from tests.ingest.job_runs import ALL_OF_IT, counted, documents, run_ingest, two_sources


def test_first_run_takes_every_file_in(project):
    manifest = run_ingest(project)
    assert manifest.status == "done"
    assert manifest.counts == counted(new=ALL_OF_IT)
    assert [(use.name, use.version, use.rows) for use in manifest.outputs] == [
        ("documents", 1, ALL_OF_IT),
        ("items", 1, ALL_OF_IT),
    ]
    vpn = documents(project)["guides/vpn.md"]
    assert vpn["title"] == "Connecting to the VPN"
    assert vpn["media_type"] == "text/markdown"
    assert vpn["uri"] == (project.corpus / "guides/vpn.md").as_uri()
    assert vpn["text"].startswith("# Connecting to the VPN\n\nYou need a laptop")


def test_second_run_has_nothing_to_do(project):
    run_ingest(project)
    manifest = run_ingest(project)
    assert manifest.status == "nothing_to_do"
    assert manifest.counts["unchanged"] == ALL_OF_IT
    assert project.lake.version(DOCUMENTS) == 1


def test_edited_added_and_removed_files_are_one_commit(project):
    run_ingest(project)
    (project.corpus / "guides/vpn.md").write_text("# The VPN\n\nNow with WireGuard only.\n")
    (project.corpus / "guides/badge.md").write_text("# Badges\n\nAsk at the desk.\n")
    (project.corpus / "guides/coffee.md").unlink()
    manifest = run_ingest(project)
    assert manifest.counts == counted(new=1, changed=1, deleted=1, unchanged=10)
    assert documents(project)["guides/vpn.md"]["title"] == "The VPN"
    assert "guides/coffee.md" not in documents(project)
    written = project.lake.read(DOCUMENTS, since=1, with_deleted=True)
    assert sorted(written["source_id"].to_pylist()) == ["guides/badge.md", "guides/coffee.md", "guides/vpn.md"]
    assert project.lake.version(DOCUMENTS) == 2


def test_lineage_names_the_source(project):
    run_ingest(project)
    complete = [event for event in read_events(project.lake.uri) if event["eventType"] == "COMPLETE"]
    assert [(i["namespace"], i["name"]) for i in complete[0]["inputs"]] == [("file", str(project.corpus))]


def test_nothing_to_do_is_told_without_loading_spark_or_a_parser(project):
    run_ingest(project)
    heavy = {"bs4", "dulwich", "joblib", "kreuzberg", "lxml", "msgspec", "pypdfium2", "pyspark", "sqlalchemy"}
    code = (
        "import sys; from ragline.cli import app\n"
        f"try: app(['ingest', '--config', {str(project.config)!r}])\n"
        "except SystemExit as end: print('exit', end.code)\n"
        f"print(sorted({heavy!r} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["exit 3", "[]"]


def test_a_source_that_fails_changes_nothing_and_the_others_are_taken_in(project):
    two_sources(project)
    run_ingest(project)
    for file in project.corpus.glob("policies/*"):
        file.unlink()
    (project.corpus / "guides/badge.md").write_text("# Badges\n\nAsk at the desk.\n")
    manifest = run_ingest(project)
    assert manifest.status == "failed"
    assert "Source 'policies': 5 of the 5 documents known from it are missing (100%," in manifest.message
    assert "badge.md" in documents(project, source="guides")
    assert len(documents(project, source="policies")) == 5


def test_a_missing_folder_is_a_configuration_error_and_nothing_is_written(project):
    project.configure(sources=[{"name": "wiki", "type": "folder", "uri": "nowhere"}])
    manifest = run_ingest(project)
    assert manifest.status == "bad_input"
    assert "'wiki'" in manifest.message
    assert str(project.root / "nowhere") in manifest.message
    assert project.lake.version(DOCUMENTS) is None


def test_a_run_of_one_source_leaves_the_others_alone(project):
    two_sources(project)
    run_ingest(project)
    (project.corpus / "guides/vpn.md").unlink()
    (project.corpus / "policies/travel.md").unlink()
    manifest = run_ingest(project, sources=["guides"])
    assert manifest.counts["deleted"] == 1
    assert "travel.md" in documents(project, source="policies")


def test_an_unknown_source_name_is_refused(project):
    manifest = run_ingest(project, sources=["wiki"])
    assert manifest.status == "bad_input"
    assert "No source named wiki" in manifest.message


def test_a_source_that_is_not_configured_any_more_loses_its_documents(project):
    two_sources(project)
    run_ingest(project)
    project.configure(sources=[{"name": "guides", "type": "folder", "uri": "corpus/guides"}])
    assert run_ingest(project, sources=["guides"]).status == "nothing_to_do"
    assert run_ingest(project, allow_mass_delete=True).counts["deleted"] == 5
    assert documents(project, source="policies") == {}
