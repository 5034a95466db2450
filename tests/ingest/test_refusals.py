import json
import os
import tracemalloc

import pytest

from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE
from ragline.ingest.sources.folder import FolderSource
from tests.ingest.job_runs import ALL_OF_IT, counted, documents, refusals, take_in


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


def test_two_gigabytes_are_refused_without_being_read(project):
    take_in(project)
    huge = project.corpus / "huge.txt"
    huge.touch()
    os.truncate(huge, 2 * 2**30)
    tracemalloc.start()
    manifest = take_in(project)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refusals(project) == {"huge.txt": "too_large"}
    assert manifest.counts["unchanged"] == ALL_OF_IT
    assert peak < 20 * 2**20  # one read up to the limit would be more


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


def test_an_id_that_comes_twice_is_refused_the_second_time(project):
    records = [{"id": "a", "text": "first"}, {"id": "b", "text": "other"}, {"id": "a", "text": "second"}]
    (project.root / "t.jsonl").write_text("\n".join(json.dumps(record) for record in records))
    project.configure(sources=[{"name": "t", "type": "table", "uri": "t.jsonl"}])
    take_in(project)
    assert documents(project)["a"]["text"] == "first\n"
    assert refusals(project) == {"a#3": "duplicate_id"}


def test_a_file_that_stays_unreadable_is_written_down_once(project, monkeypatch):
    take_in(project)
    locked = project.corpus / "guides/vpn.md"
    locked.write_text("# Changed\n\nAnd locked.\n")
    monkeypatch.setattr(FolderSource, "open", _refuse_to_open(locked))
    take_in(project)
    versions = [project.lake.version(table) for table in (QUARANTINE, ITEMS, DOCUMENTS)]
    manifest = take_in(project)
    assert manifest.status == "nothing_to_do"
    assert manifest.drops == {"unreadable": 1}
    assert "1 are in quarantine as before" in manifest.message
    assert [project.lake.version(table) for table in (QUARANTINE, ITEMS, DOCUMENTS)] == versions
    (project.corpus / "guides/badge.md").write_text("# Badges\n\nAsk at the desk.\n")
    assert take_in(project).counts["new"] == 1
    assert project.lake.version(QUARANTINE) == versions[0]


def test_labels_that_changed_while_a_file_could_not_be_read_reach_its_document(project, monkeypatch):
    take_in(project)
    monkeypatch.setattr(FolderSource, "open", _refuse_to_open(project.corpus / "guides/vpn.md"))
    project.configure(sources=[{"name": "handbook", "type": "folder", "uri": "corpus", "tenant": "acme"}])
    take_in(project)
    assert documents(project)["guides/vpn.md"]["tenant"] == ""
    monkeypatch.undo()
    take_in(project)
    assert documents(project)["guides/vpn.md"]["tenant"] == "acme"
    assert refusals(project) == {}


def test_a_refused_file_that_cannot_be_read_for_a_while_is_still_refused_after(project, monkeypatch):
    odd = project.corpus / "odd.md"
    odd.write_bytes(b"")
    take_in(project)
    odd.touch()
    monkeypatch.setattr(FolderSource, "open", _refuse_to_open(odd))
    take_in(project)
    assert refusals(project) == {"odd.md": "unreadable"}
    monkeypatch.undo()
    take_in(project)
    assert refusals(project) == {"odd.md": "empty_document"}
