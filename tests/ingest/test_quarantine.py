import json

import pytest
from typer.testing import CliRunner

from ragline.cli import app
from ragline.ingest.job import Scope, ingest
from ragline.ingest.quarantine import refused, retry


@pytest.fixture
def refusing(project):
    """A project with three items in quarantine."""
    (project.corpus / "empty.md").write_bytes(b"")
    (project.corpus / "blank.md").write_bytes(b" \n")
    (project.corpus / "long.md").write_text("word " * 2000)
    project.configure(sources=[{"name": "handbook", "type": "folder", "uri": "corpus", "max_bytes": 5000}])
    assert project.run("ingest", lambda run: ingest(run, Scope())).counts["quarantined"] == 3
    return project


def called(project, *arguments):
    return CliRunner().invoke(app, ["quarantine", *arguments, "--config", str(project.config)])


def test_they_are_listed_by_reason_and_source(refusing):
    assert [row["source_id"] for row in refused(refusing.lake)] == ["blank.md", "empty.md", "long.md"]
    assert [row["source_id"] for row in refused(refusing.lake, reason="too_large")] == ["long.md"]
    assert refused(refusing.lake, source="wiki") == []
    shown = called(refusing, "list").output
    assert "2 empty_document, 1 too_large" in shown
    assert len(json.loads(called(refusing, "list", "--json", "--reason", "too_large").output)) == 1


def test_one_is_shown_whole(refusing):
    shown = json.loads(called(refusing, "show", "long.md").output)
    assert shown["reason"] == "too_large"
    assert "5,000 bytes" in shown["message"]
    assert called(refusing, "show", shown["doc_id"][:10]).exit_code == 0


def test_one_that_is_not_there_is_one_sentence(refusing):
    result = called(refusing, "show", "nothing.md")
    assert "Nothing in quarantine answers to 'nothing.md'" in str(result.exception)


def test_a_retry_reads_only_what_was_refused_for_that_reason(refusing, monkeypatch):
    manifest = refusing.run("ingest", lambda run: retry(run, "empty_document", None), run_id="again")
    assert manifest.status == "nothing_to_do"
    assert manifest.message == "2 items were read again, and all came out as before."
    assert manifest.counts["retried"] == 2
    assert manifest.facts["sources"]["handbook"]["read"] == 2
    monkeypatch.setattr("ragline.ingest.sync.extract_task.read_content", _as_if_it_had_text)
    manifest = refusing.run("ingest", lambda run: retry(run, "empty_document", None), run_id="once-more")
    assert (manifest.status, manifest.counts["new"]) == ("done", 2)
    assert [row["source_id"] for row in refused(refusing.lake)] == ["long.md"]


def test_nothing_to_retry_is_said(refusing):
    manifest = refusing.run("ingest", lambda run: retry(run, "encrypted", None))
    assert manifest.status == "nothing_to_do"
    assert manifest.message == (
        "nothing refused as encrypted is in quarantine; what is there: empty_document (handbook), too_large (handbook)."
    )
    shown = " ".join(called(refusing, "list", "--source", "wiki").output.split())
    assert shown == "nothing of wiki is in quarantine; what is there: empty_document (handbook), too_large (handbook)."


def _as_if_it_had_text(item, opener, max_bytes):
    return b"# Now\n\nThere are words.\n", item.change_marker
