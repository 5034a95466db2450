import os
import tracemalloc
from contextlib import nullcontext

import pyarrow as pa
import pytest

from ragline.contracts.tables import DOCUMENTS
from ragline.ingest.sources.folder import FolderSource
from ragline.lake.commits import Commit
from tests.ingest.job_runs import ALL_OF_IT, counted, documents, refusals, run_ingest
from tests.ingest.sync.stepped_runs import ParserWithoutTitles
from tests.ingest.unreadable import refuse_to_open


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
    manifest = run_ingest(project)
    assert manifest.status == "done"
    assert refusals(project) == {"odd.md": reason}
    assert manifest.counts["quarantined"] == 1
    assert manifest.drops == {reason: 1}
    assert "odd.md" not in documents(project)


def test_two_gigabytes_are_refused_without_being_read(project):
    run_ingest(project)
    huge = project.corpus / "huge.txt"
    huge.touch()
    os.truncate(huge, 2 * 2**30)
    tracemalloc.start()
    manifest = run_ingest(project)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refusals(project) == {"huge.txt": "too_large"}
    assert manifest.counts["unchanged"] == ALL_OF_IT
    assert peak < 20 * 2**20  # one read up to the limit would be more


def test_a_parser_that_fails_quarantines_its_document_alone(project):
    (project.corpus / "deep.rst").write_text("".join("  " * level + "- x\n\n" for level in range(700)))
    manifest = run_ingest(project)
    assert refusals(project) == {"deep.rst": "parse_error"}
    assert manifest.counts["new"] == ALL_OF_IT


def test_a_refused_file_that_cannot_be_read_for_a_while_is_still_refused_after(project, monkeypatch):
    odd = project.corpus / "odd.md"
    odd.write_bytes(b"")
    run_ingest(project)
    odd.touch()
    monkeypatch.setattr(FolderSource, "open", refuse_to_open(odd))
    run_ingest(project)
    assert refusals(project) == {"odd.md": "unreadable"}
    monkeypatch.undo()
    run_ingest(project)
    assert refusals(project) == {"odd.md": "empty_document"}


def test_full_refresh_writes_only_what_comes_out_differently(project, monkeypatch):
    run_ingest(project)
    assert run_ingest(project, full_refresh=True).status == "nothing_to_do"
    monkeypatch.setattr("ragline.ingest.sync.extract_task.Parser", lambda settings: nullcontext(ParserWithoutTitles()))
    assert run_ingest(project).status == "nothing_to_do"
    manifest = run_ingest(project, full_refresh=True)
    assert manifest.counts["changed"] == 1
    assert documents(project)["guides/printing.txt"]["title"] == ""


def test_full_refresh_of_a_new_lake_is_a_first_run(project):
    assert run_ingest(project, full_refresh=True).counts == counted(new=ALL_OF_IT)


def test_full_refresh_compares_with_what_is_stored_not_with_what_was_noted_of_it(project):
    run_ingest(project)
    good = documents(project)["guides/vpn.md"]
    spoilt = pa.Table.from_pylist([{**good, "text": "Somebody else's words.\n"}], schema=DOCUMENTS.schema)
    project.lake.append(DOCUMENTS, spoilt, Commit("spoilt", "r"))
    assert run_ingest(project).status == "nothing_to_do"
    assert run_ingest(project, full_refresh=True).counts == counted(changed=1, unchanged=ALL_OF_IT - 1)
    assert documents(project)["guides/vpn.md"]["text"] == good["text"]
    assert run_ingest(project, full_refresh=True).status == "nothing_to_do"
