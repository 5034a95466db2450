import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE
from ragline.ingest.sources.folder import FolderSource
from tests.ingest.job_runs import ALL_OF_IT, counted, documents, refusals, run_ingest
from tests.ingest.unreadable import refuse_to_open


def test_a_file_that_cannot_be_read_is_quarantined_but_its_document_stays(project, monkeypatch):
    run_ingest(project)
    locked = project.corpus / "guides/vpn.md"
    locked.write_text("# Changed\n\nAnd locked.\n")
    monkeypatch.setattr(FolderSource, "open", refuse_to_open(locked))
    manifest = run_ingest(project)
    assert refusals(project) == {"guides/vpn.md": "unreadable"}
    assert manifest.counts["deleted"] == 0
    assert "guides/vpn.md" in documents(project)
    assert documents(project)["guides/vpn.md"]["title"] == "Connecting to the VPN"
    monkeypatch.undo()
    assert run_ingest(project).counts == counted(changed=1, unchanged=ALL_OF_IT - 1)
    assert refusals(project) == {}


def test_a_document_that_became_unusable_is_deleted_and_comes_back_when_repaired(project):
    run_ingest(project)
    vpn = project.corpus / "guides/vpn.md"
    good = vpn.read_bytes()
    vpn.write_bytes(b"")
    manifest = run_ingest(project)
    assert manifest.counts == counted(deleted=1, unchanged=11, quarantined=1)
    assert "guides/vpn.md" not in documents(project)
    assert run_ingest(project).status == "nothing_to_do"
    vpn.write_bytes(good)
    assert run_ingest(project).counts["new"] == 1
    assert refusals(project) == {}


def test_an_unchanged_refusal_is_reported_once_but_counted_each_time(project):
    (project.corpus / "odd.md").write_bytes(b"")
    run_ingest(project)
    manifest = run_ingest(project)
    assert manifest.status == "nothing_to_do"
    assert manifest.drops == {"empty_document": 1}
    assert project.lake.version(QUARANTINE) == 1


def test_a_refused_file_that_is_removed_leaves_quarantine(project):
    (project.corpus / "odd.md").write_bytes(b"")
    run_ingest(project)
    (project.corpus / "odd.md").unlink()
    assert run_ingest(project).status == "done"
    assert refusals(project) == {}


def test_refusals_of_other_stages_are_left_alone(project):
    from tests.ingest.rows import quarantine_of_feedback

    run_ingest(project)
    quarantine_of_feedback(project.lake)
    assert run_ingest(project).status == "nothing_to_do"
    assert refusals(project) == {"event": "bad_event"}


def test_a_file_that_stays_unreadable_is_written_down_once(project, monkeypatch):
    run_ingest(project)
    locked = project.corpus / "guides/vpn.md"
    locked.write_text("# Changed\n\nAnd locked.\n")
    monkeypatch.setattr(FolderSource, "open", refuse_to_open(locked))
    run_ingest(project)
    versions = [project.lake.version(table) for table in (QUARANTINE, ITEMS, DOCUMENTS)]
    manifest = run_ingest(project)
    assert manifest.status == "nothing_to_do"
    assert manifest.drops == {"unreadable": 1}
    assert "1 are in quarantine as before" in manifest.message
    assert [project.lake.version(table) for table in (QUARANTINE, ITEMS, DOCUMENTS)] == versions
    (project.corpus / "guides/badge.md").write_text("# Badges\n\nAsk at the desk.\n")
    assert run_ingest(project).counts["new"] == 1
    assert project.lake.version(QUARANTINE) == versions[0]


def test_labels_that_changed_while_a_file_could_not_be_read_reach_its_document(project, monkeypatch):
    run_ingest(project)
    monkeypatch.setattr(FolderSource, "open", refuse_to_open(project.corpus / "guides/vpn.md"))
    project.configure(sources=[{"name": "handbook", "type": "folder", "uri": "corpus", "tenant": "acme"}])
    run_ingest(project)
    assert documents(project)["guides/vpn.md"]["tenant"] == ""
    monkeypatch.undo()
    run_ingest(project)
    assert documents(project)["guides/vpn.md"]["tenant"] == "acme"
    assert refusals(project) == {}


def test_a_deletion_marker_holds_no_content(project):
    run_ingest(project)
    (project.corpus / "guides/coffee.md").unlink()
    run_ingest(project)
    rows = project.lake.read(DOCUMENTS, with_deleted=True, filter=pc.field("deleted")).to_pylist()
    assert [(row["source_id"], row["text"], row["title"], row["metadata"]) for row in rows] == [
        ("guides/coffee.md", None, None, None)
    ]
    assert rows[0]["deleted_at"] is not None


def test_a_touched_file_is_read_once_more_and_nothing_is_written_but_its_mark(project):
    run_ingest(project)
    (project.corpus / "guides/vpn.md").touch()
    manifest = run_ingest(project)
    assert (manifest.status, manifest.counts) == ("nothing_to_do", counted(unchanged=ALL_OF_IT))
    assert manifest.facts["sources"]["handbook"]["read"] == 1
    assert project.lake.version(DOCUMENTS) == 1
    assert run_ingest(project).facts["sources"]["handbook"]["read"] == 0


def test_a_moved_file_is_told_apart_from_a_new_and_a_deleted_one(project):
    run_ingest(project)
    (project.corpus / "guides/vpn.md").rename(project.corpus / "policies/vpn.md")
    assert run_ingest(project).counts == counted(moved=1, unchanged=ALL_OF_IT - 1)
    assert "guides/vpn.md" not in documents(project)
    assert "policies/vpn.md" in documents(project)
