import signal

import pytest

from ragline.contracts.tables import DOCUMENTS
from ragline.ingest.job import Scope, commit_staged, stage_source
from ragline.lake.lake import Lake
from tests.ingest.job_runs import ALL_OF_IT, documents, refusals, run_ingest, two_sources
from tests.integration.kill_at import run_killed


def test_what_was_staged_before_another_commit_goes_on_top_of_it(project):
    two_sources(project)
    project.run("ingest", lambda run: stage_source(run, Scope(["guides"]), "late"))
    run_ingest(project, sources=["policies"])
    project.run("ingest", lambda run: commit_staged(run, Scope(["guides"]), "late"))
    assert len(documents(project)) == ALL_OF_IT
    rows = project.lake.dataset(DOCUMENTS).to_table(columns=["seq", "source"]).to_pylist()
    assert {row["seq"] for row in rows if row["source"] == "guides"} == {2}


def test_of_two_racing_runs_that_find_the_same_one_commits(project, monkeypatch):
    run_ingest(project)
    (project.corpus / "guides/vpn.md").write_text("# The VPN\n\nChanged.\n")
    original = Lake.write_files
    raced = []

    def write_files(lake, *arguments):
        if not raced:
            raced.append(True)
            monkeypatch.undo()
            assert run_ingest(project).counts["changed"] == 1
        return original(lake, *arguments)

    monkeypatch.setattr(Lake, "write_files", write_files)
    assert run_ingest(project).status == "done"
    assert project.lake.version(DOCUMENTS) == 2


@pytest.mark.parametrize("commits", [1, 2, 3])
def test_killed_after_a_commit_and_run_again_is_as_if_nothing_happened(project, commits):
    (project.corpus / "guides/vpn.md").write_text("# The VPN\n\nFirst words.\n")
    run_ingest(project)
    (project.corpus / "guides/vpn.md").write_bytes(b"")
    (project.corpus / "guides/new.md").write_text("# New\n\nWords.\n")
    ended = run_killed(
        "ragline.lake.lake:Lake.write_files", "after", commits, ["ingest", "--config", str(project.config)], seconds=180
    )
    assert ended == -signal.SIGKILL
    run_ingest(project)
    assert refusals(project) == {"guides/vpn.md": "empty_document"}
    assert "guides/vpn.md" not in documents(project)
    assert "guides/new.md" in documents(project)
    assert run_ingest(project).status == "nothing_to_do"
