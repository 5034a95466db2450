import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import replace

import pyarrow.compute as pc
import pytest

from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE
from ragline.ingest.extract import extract
from ragline.ingest.job import Scope, commit_staged, ingest, stage_source
from ragline.ingest.settle import COUNTED
from ragline.ingest.sources.folder import FolderSource
from ragline.ingest.stage import Look
from ragline.runtime.lake import Lake
from ragline.runtime.lineage import read_events
from tests.conftest import REPOSITORY

ALL_OF_IT = 12


def take_in(project, *overrides, sources=None, **look):
    return project.run("ingest", lambda run: ingest(run, Scope(sources, Look(**look))), *overrides)


def counted(**numbers):
    return dict.fromkeys(COUNTED, 0) | numbers


def documents(project, **where):
    rows = {row["source_id"]: row for row in project.lake.read(DOCUMENTS).to_pylist()}
    return {name: row for name, row in rows.items() if all(row[key] == value for key, value in where.items())}


def refusals(project):
    rows = project.lake.read(QUARANTINE).to_pylist()
    return {row["source_id"]: row["reason"] for row in rows}


def test_first_run_takes_every_file_in(project):
    manifest = take_in(project)
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
    take_in(project)
    manifest = take_in(project)
    assert manifest.status == "nothing_to_do"
    assert manifest.counts["unchanged"] == ALL_OF_IT
    assert project.lake.version(DOCUMENTS) == 1


def test_edited_added_and_removed_files_are_one_commit(project):
    take_in(project)
    (project.corpus / "guides/vpn.md").write_text("# The VPN\n\nNow with WireGuard only.\n")
    (project.corpus / "guides/badge.md").write_text("# Badges\n\nAsk at the desk.\n")
    (project.corpus / "guides/coffee.md").unlink()
    manifest = take_in(project)
    assert manifest.counts == counted(new=1, changed=1, deleted=1, unchanged=10)
    assert documents(project)["guides/vpn.md"]["title"] == "The VPN"
    assert "guides/coffee.md" not in documents(project)
    written = project.lake.read(DOCUMENTS, since=1, with_deleted=True)
    assert sorted(written["source_id"].to_pylist()) == ["guides/badge.md", "guides/coffee.md", "guides/vpn.md"]
    assert project.lake.version(DOCUMENTS) == 2


def test_a_deletion_marker_holds_no_content(project):
    take_in(project)
    (project.corpus / "guides/coffee.md").unlink()
    take_in(project)
    rows = project.lake.read(DOCUMENTS, with_deleted=True, filter=pc.field("deleted")).to_pylist()
    assert [(row["source_id"], row["text"], row["title"], row["metadata"]) for row in rows] == [
        ("guides/coffee.md", None, None, None)
    ]
    assert rows[0]["deleted_at"] is not None


def test_changed_labels_write_the_row_again_with_the_same_content(project):
    take_in(project)
    before = documents(project)["guides/vpn.md"]
    labelled = {"name": "handbook", "type": "folder", "uri": "corpus", "access_labels": ["staff", "it"], "tenant": "acme"}
    project.configure(sources=[labelled])
    manifest = take_in(project)
    after = documents(project)["guides/vpn.md"]
    assert manifest.counts["changed"] == ALL_OF_IT
    assert (after["access_labels"], after["tenant"]) == (["it", "staff"], "acme")
    assert (after["content_hash"], after["text"]) == (before["content_hash"], before["text"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_document"),
        (b" \n\t\n", "empty_document"),
        (b"caf\xe9 is not UTF-8", "invalid_encoding"),
        (b"---\ntitle: only front matter\n---\n", "empty_document"),
        (b"[![build](https://img.shields.io/x.svg)](https://ci.example.com)\n", "empty_document"),
        (b"x" * 2001, "too_large"),
    ],
)
def test_unusable_items_go_to_quarantine_with_a_reason(project, content, reason):
    (project.corpus / "odd.md").write_bytes(content)
    project.configure(sources=[{"name": "handbook", "type": "folder", "uri": "corpus", "max_bytes": 2000}])
    manifest = take_in(project)
    assert manifest.status == "done"
    assert refusals(project) == {"odd.md": reason}
    assert manifest.counts["quarantined"] == 1
    assert manifest.drops == {reason: 1}
    assert "odd.md" not in documents(project)


def test_a_parser_that_fails_quarantines_its_document_alone(project):
    (project.corpus / "deep.rst").write_text("".join("  " * level + "- x\n\n" for level in range(700)))
    manifest = take_in(project)
    assert refusals(project) == {"deep.rst": "parse_error"}
    assert manifest.counts["new"] == ALL_OF_IT


def test_a_file_that_cannot_be_read_is_quarantined_but_its_document_stays(project, monkeypatch):
    take_in(project)
    locked = project.corpus / "guides/vpn.md"
    locked.write_text("# Changed\n\nAnd locked.\n")
    monkeypatch.setattr(FolderSource, "open", _refuse_to_open(locked))
    manifest = take_in(project)
    assert refusals(project) == {"guides/vpn.md": "unreadable"}
    assert manifest.counts["deleted"] == 0
    assert "guides/vpn.md" in documents(project)
    assert documents(project)["guides/vpn.md"]["title"] == "Connecting to the VPN"
    monkeypatch.undo()
    assert take_in(project).counts == counted(changed=1, unchanged=ALL_OF_IT - 1)
    assert refusals(project) == {}


def _refuse_to_open(locked):
    original = FolderSource.open

    def open_item(source, item):
        if item.source_id == locked.relative_to(source.folder).as_posix():
            raise PermissionError(13, "Permission denied")
        return original(source, item)

    return open_item


def test_a_touched_file_is_read_once_more_and_nothing_is_written_but_its_mark(project):
    take_in(project)
    (project.corpus / "guides/vpn.md").touch()
    manifest = take_in(project)
    assert (manifest.status, manifest.counts) == ("nothing_to_do", counted(unchanged=ALL_OF_IT))
    assert manifest.facts["sources"]["handbook"]["read"] == 1
    assert project.lake.version(DOCUMENTS) == 1
    assert take_in(project).facts["sources"]["handbook"]["read"] == 0


def test_an_unchanged_item_is_not_even_opened(project, monkeypatch):
    take_in(project)
    monkeypatch.setattr(FolderSource, "open", lambda source, item: pytest.fail(f"{item.source_id} was opened"))
    assert take_in(project).status == "nothing_to_do"


def test_a_moved_file_is_told_apart_from_a_new_and_a_deleted_one(project):
    take_in(project)
    (project.corpus / "guides/vpn.md").rename(project.corpus / "policies/vpn.md")
    assert take_in(project).counts == counted(moved=1, unchanged=ALL_OF_IT - 1)
    assert "guides/vpn.md" not in documents(project)
    assert "policies/vpn.md" in documents(project)


def test_too_many_missing_documents_stop_the_run_unless_that_is_allowed(project):
    take_in(project)
    for file in sorted(project.corpus.glob("guides/*"))[:5]:
        file.unlink()
    manifest = take_in(project)
    assert manifest.status == "failed"
    assert "lists 7 of the 12 items known from it: 42% are missing" in manifest.message
    assert "--allow-mass-delete" in manifest.message
    assert len(documents(project)) == ALL_OF_IT
    assert take_in(project, allow_mass_delete=True).counts == counted(deleted=5, unchanged=7)


def test_a_source_that_fails_changes_nothing_and_the_others_are_taken_in(project):
    two_sources(project)
    take_in(project)
    for file in project.corpus.glob("policies/*"):
        file.unlink()
    (project.corpus / "guides/badge.md").write_text("# Badges\n\nAsk at the desk.\n")
    manifest = take_in(project)
    assert manifest.status == "failed"
    assert "'policies' holds no documents" in manifest.message
    assert "badge.md" in documents(project, source="guides")
    assert len(documents(project, source="policies")) == 5


def test_sources_are_staged_apart_and_committed_together(project):
    two_sources(project)
    for name in ("guides", "policies"):
        staged = project.run("ingest", lambda run, name=name: stage_source(run, Scope([name]), "together"), run_id=name)
        assert staged.status == "done"
        assert project.lake.version(DOCUMENTS) is None
    manifest = project.run("ingest", lambda run: commit_staged(run, Scope(), "together"), run_id="commit")
    assert manifest.counts == counted(new=ALL_OF_IT)
    (committed,) = [event for event in read_events(project.lake.uri) if event["eventType"] == "COMPLETE" and event["outputs"]]
    assert [item["name"] for item in committed["inputs"]] == [str(project.corpus / name) for name in ("guides", "policies")]
    assert project.lake.version(DOCUMENTS) == 1
    assert project.run("ingest", lambda run: commit_staged(run, Scope(), "together")).status == "nothing_to_do"


def test_what_was_staged_before_another_commit_goes_on_top_of_it(project):
    two_sources(project)
    project.run("ingest", lambda run: stage_source(run, Scope(["guides"]), "late"))
    take_in(project, sources=["policies"])
    project.run("ingest", lambda run: commit_staged(run, Scope(["guides"]), "late"))
    assert len(documents(project)) == ALL_OF_IT
    rows = project.lake.dataset(DOCUMENTS).to_table(columns=["seq", "source"]).to_pylist()
    assert {row["seq"] for row in rows if row["source"] == "guides"} == {2}


def test_a_lake_without_the_table_of_items_is_read_again_and_keeps_its_documents(project):
    take_in(project)
    shutil.rmtree(project.root / ".ragline/handbook/lake/items")
    (project.corpus / "guides/vpn.md").unlink()
    assert take_in(project).counts["deleted"] == 1
    assert len(documents(project)) == ALL_OF_IT - 1
    assert take_in(project).status == "nothing_to_do"


@pytest.mark.spark
def test_spark_takes_in_the_same_as_a_few_items_here(project, spark, tmp_path, monkeypatch):
    (project.corpus / "odd.md").write_bytes(b"")
    take_in(project)
    here = rows_of(project.lake)
    monkeypatch.setattr("ragline.ingest.tasks._FEW_ITEMS", 0)
    take_in(project, f"lake.uri={tmp_path / 'spark'}", "spark.master=local[2]")
    assert rows_of(Lake(str(tmp_path / "spark"))) == here


def rows_of(lake):
    tables = (DOCUMENTS, QUARANTINE, ITEMS)
    times = {"fetched_at", "changed_at", "seen_at"}
    return [
        sorted(str({name: value for name, value in row.items() if name not in times}) for row in lake.read(table).to_pylist())
        for table in tables
    ]


def test_a_document_that_became_unusable_is_deleted_and_comes_back_when_repaired(project):
    take_in(project)
    vpn = project.corpus / "guides/vpn.md"
    good = vpn.read_bytes()
    vpn.write_bytes(b"")
    manifest = take_in(project)
    assert manifest.counts == counted(deleted=1, unchanged=11, quarantined=1)
    assert "guides/vpn.md" not in documents(project)
    assert take_in(project).status == "nothing_to_do"
    vpn.write_bytes(good)
    assert take_in(project).counts["new"] == 1
    assert refusals(project) == {}


def test_an_unchanged_refusal_is_reported_once_but_counted_each_time(project):
    (project.corpus / "odd.md").write_bytes(b"")
    take_in(project)
    manifest = take_in(project)
    assert manifest.status == "nothing_to_do"
    assert manifest.drops == {"empty_document": 1}
    assert project.lake.version(QUARANTINE) == 1


def test_a_refusal_is_tried_again_when_the_configuration_changes(project):
    (project.corpus / "long.md").write_text("# Long\n\n" + "word " * 500)
    source = {"name": "handbook", "type": "folder", "uri": "corpus"}
    project.configure(sources=[{**source, "max_bytes": 2000}])
    take_in(project)
    assert refusals(project) == {"long.md": "too_large"}
    project.configure(sources=[{**source, "max_bytes": 3000}])
    take_in(project)
    assert refusals(project) == {}
    assert "long.md" in documents(project)


def test_a_refused_file_that_is_removed_leaves_quarantine(project):
    (project.corpus / "odd.md").write_bytes(b"")
    take_in(project)
    (project.corpus / "odd.md").unlink()
    assert take_in(project).status == "done"
    assert refusals(project) == {}


def test_refusals_of_other_stages_are_left_alone(project):
    from tests.ingest.rows import quarantine_of_feedback

    take_in(project)
    quarantine_of_feedback(project.lake)
    assert take_in(project).status == "nothing_to_do"
    assert refusals(project) == {"event": "bad_event"}


def test_an_empty_source_stops_the_run_and_deletes_nothing(project):
    take_in(project)
    project.configure(sources=[{"name": "handbook", "type": "folder", "uri": "corpus", "include": ["*.docx"]}])
    manifest = take_in(project)
    assert manifest.status == "failed"
    assert "'handbook' holds no documents" in manifest.message
    assert len(documents(project)) == ALL_OF_IT


def test_a_missing_folder_is_a_configuration_error_and_nothing_is_written(project):
    project.configure(sources=[{"name": "wiki", "type": "folder", "uri": "nowhere"}])
    manifest = take_in(project)
    assert manifest.status == "bad_input"
    assert "'wiki'" in manifest.message
    assert str(project.root / "nowhere") in manifest.message
    assert project.lake.version(DOCUMENTS) is None


def test_a_sample_deletes_nothing(project):
    take_in(project)
    (project.corpus / "guides/vpn.md").unlink()
    (project.corpus / "aaa.md").write_text("# First\n\nIn the order of paths.\n")
    manifest = take_in(project, sample=1)
    assert manifest.counts == counted(new=1)
    assert "guides/vpn.md" in documents(project)


def two_sources(project):
    folder = {"type": "folder", "uri": "corpus"}
    guides, policies = {**folder, "uri": "corpus/guides"}, {**folder, "uri": "corpus/policies"}
    project.configure(sources=[{"name": "guides", **guides}, {"name": "policies", **policies}])


def test_a_run_of_one_source_leaves_the_others_alone(project):
    two_sources(project)
    take_in(project)
    (project.corpus / "guides/vpn.md").unlink()
    (project.corpus / "policies/travel.md").unlink()
    manifest = take_in(project, sources=["guides"])
    assert manifest.counts["deleted"] == 1
    assert "travel.md" in documents(project, source="policies")


def test_an_unknown_source_name_is_refused(project):
    manifest = take_in(project, sources=["wiki"])
    assert manifest.status == "bad_input"
    assert "No source named wiki" in manifest.message


def test_a_source_that_is_not_configured_any_more_loses_its_documents(project):
    two_sources(project)
    take_in(project)
    project.configure(sources=[{"name": "guides", "type": "folder", "uri": "corpus/guides"}])
    assert take_in(project, sources=["guides"]).status == "nothing_to_do"
    assert take_in(project).counts["deleted"] == 5
    assert documents(project, source="policies") == {}


def test_full_refresh_writes_only_what_comes_out_differently(project, monkeypatch):
    take_in(project)
    assert take_in(project, full_refresh=True).status == "nothing_to_do"
    monkeypatch.setattr("ragline.ingest.take_in.Parser", lambda settings: nullcontext(ParserWithoutTitles()))
    assert take_in(project).status == "nothing_to_do"
    manifest = take_in(project, full_refresh=True)
    assert manifest.counts["changed"] == 1
    assert documents(project)["guides/printing.txt"]["title"] == ""


class ParserWithoutTitles:
    """Another revision of the parsers, which finds no title in plain text."""

    def parse(self, request):
        (part,) = extract(request)
        if part.media_type == "text/plain" and part.parsed is not None:
            part = replace(part, parsed=replace(part.parsed, title=""))
        parsed = Future()
        parsed.set_result([part])
        return parsed


def test_an_id_that_comes_twice_is_refused_the_second_time(project):
    records = [{"id": "a", "text": "first"}, {"id": "b", "text": "other"}, {"id": "a", "text": "second"}]
    (project.root / "t.jsonl").write_text("\n".join(json.dumps(record) for record in records))
    project.configure(sources=[{"name": "t", "type": "table", "uri": "t.jsonl"}])
    take_in(project)
    assert documents(project)["a"]["text"] == "first\n"
    assert refusals(project) == {"a#3": "duplicate_id"}


def test_of_two_racing_runs_that_find_the_same_one_commits(project, monkeypatch):
    take_in(project)
    (project.corpus / "guides/vpn.md").write_text("# The VPN\n\nChanged.\n")
    original = Lake.write_files
    raced = []

    def write_files(lake, *arguments):
        if not raced:
            raced.append(True)
            monkeypatch.undo()
            assert take_in(project).counts["changed"] == 1
        return original(lake, *arguments)

    monkeypatch.setattr(Lake, "write_files", write_files)
    assert take_in(project).status == "done"
    assert project.lake.version(DOCUMENTS) == 2


def test_lineage_names_the_source(project):
    take_in(project)
    complete = [event for event in read_events(project.lake.uri) if event["eventType"] == "COMPLETE"]
    assert [(i["namespace"], i["name"]) for i in complete[0]["inputs"]] == [("file", str(project.corpus))]


@pytest.mark.parametrize("commits", [1, 2, 3])
def test_killed_after_a_commit_and_run_again_is_as_if_nothing_happened(project, commits):
    (project.corpus / "guides/vpn.md").write_text("# The VPN\n\nFirst words.\n")
    take_in(project)
    (project.corpus / "guides/vpn.md").write_bytes(b"")
    (project.corpus / "guides/new.md").write_text("# New\n\nWords.\n")
    command = [sys.executable, "tests/integration/kill_at.py", "ragline.runtime.lake:Lake.write_files", "after", str(commits)]
    killed = subprocess.run(
        [*command, "ingest", "--config", str(project.config)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": "jobs"},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9
    take_in(project)
    assert refusals(project) == {"guides/vpn.md": "empty_document"}
    assert "guides/vpn.md" not in documents(project)
    assert "guides/new.md" in documents(project)
    assert take_in(project).status == "nothing_to_do"
