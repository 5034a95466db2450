import signal
from contextlib import nullcontext
from unittest import mock

import pytest

from ragline.contracts.tables import DOCUMENTS
from ragline.ingest.job import Scope, commit_staged, stage_source
from ragline.ingest.sync.options import SyncOptions
from ragline.lake.lake import Lake
from tests.ingest.job_runs import ALL_OF_IT, counted, documents, refusals, run_ingest, two_sources
from tests.ingest.sync.stepped_runs import Killed, ParserWithoutTitles, stepped
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


@pytest.fixture
def late(project):
    """The project in its lake, with parsers in this process; calls that stage it under a name, and commit that."""
    with stepped():
        run_ingest(project)
        yield Late(project)


class Late:
    def __init__(self, project):
        self.project = project
        self.vpn = project.corpus / "guides/vpn.md"

    def stage(self, **options):
        scope = Scope(None, SyncOptions(**options))
        assert self.project.run("ingest", lambda run: stage_source(run, scope, "late"), run_id="stage").status == "done"

    def commit(self):
        return self.project.run("ingest", lambda run: commit_staged(run, Scope(), "late"), run_id="commit")


def test_a_late_commit_puts_no_older_text_over_newer(late):
    late.vpn.write_text("Older words.\n")
    late.stage()
    late.vpn.write_text("Newer words, by now.\n")
    assert run_ingest(late.project).counts["changed"] == 1
    manifest = late.commit()
    assert documents(late.project)["guides/vpn.md"]["text"] == "Newer words, by now.\n"
    assert manifest.status == "nothing_to_do"
    assert manifest.message == "other runs have changed the 1 items since they were listed: the next run reads them"
    assert manifest.counts == {**counted(unchanged=ALL_OF_IT - 1), "outdated": 1}
    assert run_ingest(late.project).status == "nothing_to_do"


def test_a_late_commit_brings_no_deleted_document_back(late):
    late.vpn.write_text("Other words.\n")
    (late.project.corpus / "guides/badge.md").write_text("Ask at the desk.\n")
    late.stage()
    late.vpn.unlink()
    assert run_ingest(late.project).counts == counted(new=1, deleted=1, unchanged=ALL_OF_IT - 1)
    assert late.commit().status == "nothing_to_do"
    assert "guides/vpn.md" not in documents(late.project)
    assert run_ingest(late.project).status == "nothing_to_do"


def test_a_late_commit_deletes_nothing_that_a_newer_listing_added(late):
    late.vpn.unlink()
    late.stage()
    late.vpn.write_text("It is back.\n")
    assert run_ingest(late.project).counts["changed"] == 1
    assert late.commit().counts["deleted"] == 0
    assert documents(late.project)["guides/vpn.md"]["text"] == "It is back.\n"


def test_what_a_newer_listing_did_not_name_any_more_is_not_added_after_it(project):
    with stepped():
        late = Late(project)
        late.stage()
        late.vpn.unlink()
        assert run_ingest(project).counts["new"] == ALL_OF_IT - 1
        assert late.commit().status == "nothing_to_do"
        assert len(documents(project)) == ALL_OF_IT - 1
        assert run_ingest(project).status == "nothing_to_do"


def test_what_was_only_read_again_is_committed_beside_a_newer_change(late, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("ragline.ingest.sync.extract_task.Parser", lambda settings: nullcontext(ParserWithoutTitles()))
        late.stage(full_refresh=True)
    late.vpn.write_text("Newer words.\n")
    run_ingest(late.project)
    assert late.commit().counts == {**counted(changed=1, unchanged=ALL_OF_IT - 2), "outdated": 1}
    assert documents(late.project)["guides/printing.txt"]["title"] == ""
    assert documents(late.project)["guides/vpn.md"]["text"] == "Newer words.\n"
    assert run_ingest(late.project).status == "nothing_to_do"


def test_a_sample_that_was_committed_since_says_nothing_of_the_rest(project):
    with stepped():
        late = Late(project)
        late.stage()
        assert run_ingest(project, sample=2).counts["new"] == 2
        manifest = late.commit()
        assert (manifest.counts["new"], manifest.counts["outdated"]) == (ALL_OF_IT - 2, 2)
        assert len(documents(project)) == ALL_OF_IT
        assert run_ingest(project).status == "nothing_to_do"


def test_a_commit_that_was_killed_goes_on_with_its_own_rows(late):
    late.vpn.write_text("Other words.\n")
    late.stage()
    write_files, calls = Lake.write_files, []

    def killed_at_items(lake, *arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise Killed
        return write_files(lake, *arguments)

    with mock.patch.object(Lake, "write_files", killed_at_items), pytest.raises(Killed):
        late.commit()
    manifest = late.commit()
    assert manifest.counts == counted(changed=1, unchanged=ALL_OF_IT - 1)
    assert late.project.lake.version(DOCUMENTS) == 2
    assert run_ingest(late.project).status == "nothing_to_do"


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
