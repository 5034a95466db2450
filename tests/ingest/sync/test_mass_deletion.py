"""Whatever would delete much of a source asks first: files, sources, names. What arrives elsewhere is not missing."""

import shutil

import pyarrow as pa
import pytest

from ragline.contracts.tables import DOCUMENTS
from ragline.ingest.job import Scope, commit_staged, stage_source
from ragline.ingest.sync.effects import CHANGED, DELETED, EFFECTS, NEW, REFUSED, RESOLVED, SAME
from ragline.ingest.sync.mass_deletion import refused_deletions
from ragline.ingest.sync.options import SyncOptions
from ragline.ingest.sync.staged import Staged
from tests.ingest.job_runs import ALL_OF_IT, counted, documents, run_ingest, two_sources


def staged(source, *effects, unchanged=0, is_removed=False):
    """Effects are (kind, content); each is of an item of its own, or of the one that is given third."""
    rows = [
        {
            "item": given[0] if given else f"{source}{number}",
            "doc_id": f"{source}{number}",
            "effect": kind,
            "content_hash": content,
        }
        for number, (kind, content, *given) in enumerate(effects)
    ]
    table = pa.Table.from_pylist(rows, schema=EFFECTS)
    return Staged(source, {}, [], "", "", False, unchanged=unchanged, effects=table, is_removed=is_removed)


def refused(*sources, share=0.3):
    return sorted(refused_deletions(sources, share))


def test_a_share_of_the_documents_may_go_and_no_more():
    gone = [(DELETED, "a"), (DELETED, "b"), (DELETED, "c")]
    assert refused(staged("docs", *gone, unchanged=7)) == []
    assert refused(staged("docs", *gone, (DELETED, "d"), unchanged=6)) == ["docs"]
    assert refused(staged("docs", *gone, (CHANGED, "x"), (SAME, "y"), unchanged=5)) == []
    assert refused(staged("docs", *gone, (NEW, "x"), unchanged=6)) == ["docs"]


def test_all_that_there_was_never_goes_unasked():
    assert refused(staged("docs", (DELETED, "a")), share=1.0) == ["docs"]
    assert refused(staged("docs", (DELETED, "a"), unchanged=1), share=1.0) == []


def test_what_arrives_under_another_id_is_not_missing():
    assert refused(staged("docs", (DELETED, "a"), (DELETED, "b"), (NEW, "b"), (NEW, "a"))) == []
    assert refused(staged("docs", (DELETED, "a"), (DELETED, "b"), (NEW, "a"))) == ["docs"]
    assert refused(staged("old", (DELETED, "a"), is_removed=True), staged("new", (NEW, "a"))) == []


def test_one_arrival_makes_up_for_one_document():
    assert refused(staged("docs", (DELETED, "a"), (DELETED, "a"), (NEW, "a"))) == ["docs"]
    assert refused(staged("one", (DELETED, "a")), staged("two", (DELETED, "a")), staged("all", (NEW, "a"))) == ["two"]


def test_what_is_refused_itself_is_no_place_to_move_to():
    first = staged("first", (DELETED, "a"))
    second = staged("second", (NEW, "a"), (DELETED, "b"))
    assert refused(first, second, staged("third", (NEW, "b"))) == []
    assert refused(first, second) == ["first", "second"]


def test_what_is_known_to_hold_nothing_is_no_content():
    assert refused(staged("docs", (DELETED, ""), (NEW, ""))) == ["docs"]


def test_a_document_that_became_unreadable_is_there_all_the_same():
    assert refused(staged("docs", (DELETED, "a", "item"), (REFUSED, "b", "item"))) == []
    assert refused(staged("docs", (RESOLVED, ""))) == []


def test_too_many_missing_documents_stop_the_run_unless_that_is_allowed(project):
    run_ingest(project)
    for file in sorted(project.corpus.glob("guides/*"))[:5]:
        file.unlink()
    manifest = run_ingest(project)
    assert manifest.status == "failed"
    assert "Source 'handbook': 5 of the 12 documents known from it are missing (42%," in manifest.message
    assert "--allow-mass-delete" in manifest.message
    assert len(documents(project)) == ALL_OF_IT
    assert run_ingest(project, allow_mass_delete=True).counts == counted(deleted=5, unchanged=7)


def test_the_last_document_of_a_source_goes_where_that_is_allowed(project):
    run_ingest(project)
    shutil.rmtree(project.corpus)
    project.corpus.mkdir()
    assert "12 of the 12 documents" in run_ingest(project, "ingest.max_deleted_share=1").message
    assert len(documents(project)) == ALL_OF_IT
    assert run_ingest(project, allow_mass_delete=True).counts == counted(deleted=ALL_OF_IT)
    assert documents(project) == {}
    assert "'handbook' holds no documents: is it the right place?" in run_ingest(project).message
    assert run_ingest(project, allow_mass_delete=True).status == "nothing_to_do"


def test_the_last_object_below_a_prefix_goes_where_that_is_allowed(project, bucket):
    import fsspec

    project.configure(sources=[{"name": "docs", "type": "folder", "uri": f"s3://{bucket}/docs"}])
    run_ingest(project)
    fsspec.filesystem("s3", use_listings_cache=False).rm(f"{bucket}/docs", recursive=True)
    assert "Source 'docs': 2 of the 2 documents" in run_ingest(project).message
    assert run_ingest(project, allow_mass_delete=True).counts == counted(deleted=2)


@pytest.mark.parametrize("keeps_times", [True, False])
def test_a_renamed_folder_is_taken_in_unasked(project, keeps_times):
    run_ingest(project)
    (project.corpus / "guides").rename(project.corpus / "manuals")
    (project.corpus / "policies").rename(project.corpus / "rules")
    if not keeps_times:
        for file in project.corpus.rglob("*.md"):
            file.touch()
    assert run_ingest(project).counts == counted(moved=ALL_OF_IT)


def test_a_source_that_is_removed_asks_first(project):
    two_sources(project)
    run_ingest(project)
    project.configure(sources=[{"name": "guides", "type": "folder", "uri": "corpus/guides"}])
    (project.corpus / "guides/badge.md").write_text("# Badges\n\nAsk at the desk.\n")
    manifest = run_ingest(project)
    assert manifest.status == "failed"
    assert "Source 'policies' is not configured any more: 5 of the 5 documents known from it are missing" in manifest.message
    assert len(documents(project, source="policies")) == 5
    assert "badge.md" in documents(project, source="guides")
    assert run_ingest(project, allow_mass_delete=True).counts["deleted"] == 5
    assert documents(project, source="policies") == {}


def test_a_renamed_source_brings_its_content_along_and_does_not_ask(project):
    run_ingest(project)
    project.configure(sources=[{"name": "docs", "type": "folder", "uri": "corpus"}])
    assert run_ingest(project).counts == counted(new=ALL_OF_IT, deleted=ALL_OF_IT)
    assert len(documents(project, source="docs")) == ALL_OF_IT
    assert documents(project, source="handbook") == {}
    assert run_ingest(project).status == "nothing_to_do"


def test_a_source_that_is_renamed_and_half_mounted_asks_first(project):
    run_ingest(project)
    shutil.rmtree(project.corpus / "guides")
    project.configure(sources=[{"name": "docs", "type": "folder", "uri": "corpus"}])
    manifest = run_ingest(project)
    assert "Source 'handbook' is not configured any more: 7 of the 12 documents" in manifest.message
    assert len(documents(project, source="handbook")) == ALL_OF_IT


def test_files_that_move_from_one_source_to_another_are_not_missing(project):
    two_sources(project)
    run_ingest(project)
    for file in sorted((project.corpus / "policies").iterdir())[1:]:
        file.rename(project.corpus / "guides" / f"policy-{file.name}")
    assert run_ingest(project).counts == counted(new=4, deleted=4, unchanged=8)


def mapped(project, *names, **options):
    """The run as Airflow makes it: a task for each source, then one that commits."""
    scope = SyncOptions(**options)
    ended = [project.run("ingest", lambda run, n=n: stage_source(run, Scope([n], scope), "dag"), run_id=n).status for n in names]
    return ended, project.run("ingest", lambda run: commit_staged(run, Scope(None, scope), "dag"), run_id="commit")


def test_staged_apart_it_is_the_same_check_and_trying_again_is_no_way_around_it(project):
    two_sources(project)
    mapped(project, "guides", "policies")
    for file in sorted((project.corpus / "policies").iterdir())[1:]:
        file.unlink()
    (project.corpus / "guides/badge.md").write_text("# Badges\n\nAsk at the desk.\n")
    ended, committed = mapped(project, "guides", "policies")
    assert (ended, committed.status) == (["done", "done"], "failed")
    assert "Source 'policies': 4 of the 5 documents" in committed.message
    assert "badge.md" in documents(project, source="guides")
    again = project.run("ingest", lambda run: commit_staged(run, Scope(), "dag"), run_id="again")
    assert "Source 'policies': 4 of the 5 documents" in again.message
    assert len(documents(project, source="policies")) == 5
    allowed = Scope(options=SyncOptions(allow_mass_delete=True))
    assert project.run("ingest", lambda run: commit_staged(run, allowed, "dag"), run_id="allowed").counts["deleted"] == 4


def test_staged_apart_a_removed_source_asks_and_a_renamed_one_does_not(project):
    two_sources(project)
    mapped(project, "guides", "policies")
    guides = {"name": "guides", "type": "folder", "uri": "corpus/guides"}
    project.configure(sources=[guides, {"name": "rules", "type": "folder", "uri": "corpus/policies"}])
    assert mapped(project, "guides", "rules")[1].counts == counted(new=5, deleted=5, unchanged=7)
    project.configure(sources=[guides])
    _, committed = mapped(project, "guides")
    assert "Source 'rules' is not configured any more" in committed.message
    assert mapped(project, "guides", allow_mass_delete=True)[1].counts["deleted"] == 5


def test_the_only_source_of_a_pipeline_is_stopped_where_it_is_staged(project):
    mapped(project, "handbook")
    shutil.rmtree(project.corpus / "guides")
    ended, committed = mapped(project, "handbook")
    assert (ended, committed.status) == (["failed"], "nothing_to_do")
    assert project.lake.version(DOCUMENTS) == 1
    assert mapped(project, "handbook", allow_mass_delete=True)[1].counts["deleted"] == 7
