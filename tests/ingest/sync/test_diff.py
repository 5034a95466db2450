import pytest

from ragline.ingest.sources.folder import FolderSource
from tests.ingest.job_runs import ALL_OF_IT, counted, documents, refusals, run_ingest


def test_a_refusal_is_tried_again_when_the_configuration_changes(project):
    (project.corpus / "long.md").write_text("# Long\n\n" + "word " * 500)
    source = {"name": "handbook", "type": "folder", "uri": "corpus"}
    project.configure(sources=[{**source, "max_bytes": 2000}])
    run_ingest(project)
    assert refusals(project) == {"long.md": "too_large"}
    project.configure(sources=[{**source, "max_bytes": 3000}])
    run_ingest(project)
    assert refusals(project) == {}
    assert "long.md" in documents(project)


def test_a_sample_deletes_nothing(project):
    run_ingest(project)
    (project.corpus / "guides/vpn.md").unlink()
    (project.corpus / "aaa.md").write_text("# First\n\nIn the order of paths.\n")
    manifest = run_ingest(project, sample=1)
    assert manifest.counts == counted(new=1)
    assert "guides/vpn.md" in documents(project)


def test_changed_labels_write_the_row_again_with_the_same_content(project):
    run_ingest(project)
    before = documents(project)["guides/vpn.md"]
    labelled = {"name": "handbook", "type": "folder", "uri": "corpus", "access_labels": ["staff", "it"], "tenant": "acme"}
    project.configure(sources=[labelled])
    manifest = run_ingest(project)
    after = documents(project)["guides/vpn.md"]
    assert manifest.counts["changed"] == ALL_OF_IT
    assert (after["access_labels"], after["tenant"]) == (["it", "staff"], "acme")
    assert (after["content_hash"], after["text"]) == (before["content_hash"], before["text"])


def test_an_unchanged_item_is_not_even_opened(project, monkeypatch):
    run_ingest(project)
    monkeypatch.setattr(FolderSource, "open", lambda source, item: pytest.fail(f"{item.source_id} was opened"))
    assert run_ingest(project).status == "nothing_to_do"
