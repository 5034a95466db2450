import subprocess
import sys
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import replace

import pyarrow.compute as pc
import pytest

from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE
from ragline.ingest.extract.extraction import extract
from ragline.ingest.sources.folder import FolderSource
from ragline.lake.lake import Lake
from ragline.runtime.lineage import read_events
from tests.ingest.job_runs import ALL_OF_IT, counted, documents, take_in


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


def test_full_refresh_writes_only_what_comes_out_differently(project, monkeypatch):
    take_in(project)
    assert take_in(project, full_refresh=True).status == "nothing_to_do"
    monkeypatch.setattr("ragline.ingest.sync.extract_task.Parser", lambda settings: nullcontext(ParserWithoutTitles()))
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


@pytest.mark.spark
def test_one_parser_several_and_spark_take_in_the_same(project, spark, tmp_path, monkeypatch):
    (project.corpus / "odd.md").write_bytes(b"")
    take_in(project)
    alone = rows_of(project.lake)
    monkeypatch.setattr("ragline.ingest.sync.run_tasks._FEW_ITEMS", 0)
    monkeypatch.setattr("ragline.ingest.sync.run_tasks._LEAST_PER_TASK", 1)
    take_in(project, f"lake.uri={tmp_path / 'here'}", "spark.master=local[2]")
    assert rows_of(Lake(str(tmp_path / "here"))) == alone
    monkeypatch.setattr("ragline.ingest.sync.run_tasks._LEAST_FOR_SPARK", 0)
    take_in(project, f"lake.uri={tmp_path / 'spark'}", "spark.master=local[2]")
    assert rows_of(Lake(str(tmp_path / "spark"))) == alone


def rows_of(lake):
    tables = (DOCUMENTS, QUARANTINE, ITEMS)
    times = {"fetched_at", "changed_at", "seen_at"}
    return [
        sorted(str({name: value for name, value in row.items() if name not in times}) for row in lake.read(table).to_pylist())
        for table in tables
    ]


def test_lineage_names_the_source(project):
    take_in(project)
    complete = [event for event in read_events(project.lake.uri) if event["eventType"] == "COMPLETE"]
    assert [(i["namespace"], i["name"]) for i in complete[0]["inputs"]] == [("file", str(project.corpus))]


def test_nothing_to_do_is_told_without_loading_spark_or_a_parser(project):
    take_in(project)
    heavy = {"bs4", "dulwich", "joblib", "kreuzberg", "lxml", "msgspec", "pypdfium2", "pyspark", "sqlalchemy"}
    code = (
        "import sys; from ragline.cli import app\n"
        f"try: app(['ingest', '--config', {str(project.config)!r}])\n"
        "except SystemExit as end: print('exit', end.code)\n"
        f"print(sorted({heavy!r} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["exit 3", "[]"]
