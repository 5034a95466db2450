import json
import subprocess
import sys
from pathlib import Path

import pytest

from ragline.config.fingerprints import preprocess_fingerprint, release_fingerprint
from ragline.contracts.tables import CHUNKS, DOCUMENTS, QUARANTINE, TOMBSTONES
from ragline.gates import job as quality_job
from ragline.gates.job import gate
from ragline.lake.commits import Commit
from ragline.lake.publications import RELEASE, Publication, last_published, publications, publish
from tests.gates.rows import append, append_chunks, chunk, document, event, gone, hexed, vector
from tests.places import REPOSITORY
from tests.retrieval.examples import table_of

TEXT = "Ünïcode: printers 🖨 are found by name."


def check(project, table="documents", run_id="g"):
    return project.run("gate", lambda run: gate(run, table), run_id=run_id)


def published(project, table="documents"):
    return [publication.version for publication in publications(project.lake, table)]


def failed(manifest):
    return [(f["expectation"], f["column"], f["rows"], f["samples"]) for f in manifest.facts["failed_expectations"]]


def line_is_up_to_date(project, documents):
    append(project.lake, "chunks", fingerprint=preprocess_fingerprint(project.settings()), documents=documents)
    inputs, config = {"chunks": project.lake.version(CHUNKS)}, release_fingerprint(project.settings())
    publish(project.lake, Publication(RELEASE, 1, "r", inputs=inputs, config_fingerprint=config))


def test_good_documents_are_published_with_what_made_them(project):
    append(project.lake, "documents", document("a"), document("b"), fingerprint="sources")
    manifest = check(project)
    assert manifest.status == "done", manifest.message
    assert manifest.facts["published"] is True
    assert manifest.facts["event"] is True
    assert (manifest.facts["table"], manifest.facts["version"]) == ("documents", 0)
    assert [(use.name, use.version, use.rows) for use in manifest.inputs] == [("documents", 0, 2)]
    last = last_published(project.lake, "documents")
    assert (last.version, last.run_id, last.config_fingerprint) == (0, "g", "sources")
    assert Path(manifest.facts["data_docs"]).read_text().lstrip().lower().startswith("<!doctype html>")


def test_failure_publishes_nothing_and_names_expectation_rows_and_keys(project):
    append(project.lake, "documents", document("a"), document("b", uri=""), document("c", metadata="{oops"))
    manifest = check(project)
    assert manifest.status == "gate_failed"
    assert failed(manifest) == [
        ("expect_column_value_lengths_to_be_between", "uri", 1, [hexed("b")]),
        ("expect_column_values_to_be_json_parseable", "metadata", 1, [hexed("c")]),
    ]
    assert f"expect_column_value_lengths_to_be_between(uri) on 1 row, for example {hexed('b')}" in manifest.message
    assert published(project) == []
    assert manifest.facts["published"] is False


def test_a_failure_after_a_success_leaves_the_published_version_as_it_was(project):
    append(project.lake, "documents", document("a"))
    check(project)
    append(project.lake, "documents", document("a", text=" "), gone("b"))
    manifest = check(project)
    assert failed(manifest) == [("expect_column_max_to_be_between", "blank_texts", 1, [hexed("a")])]
    assert published(project) == [0]
    assert project.lake.version(TOMBSTONES) is None


@pytest.mark.parametrize("rows", [[], [gone("a")]])
def test_documents_that_are_all_gone_fail(project, rows):
    append(project.lake, "documents", *([document("a")] if rows else []))
    if rows:
        append(project.lake, "documents", *rows)
    manifest = check(project)
    assert manifest.status == "gate_failed"
    assert "expect_table_row_count_to_be_between: observed 0" in manifest.message


def test_lineage_carries_the_assertions_of_a_failed_gate(project):
    append(project.lake, "documents", document("a", uri=""))
    check(project)
    from ragline.runtime.lineage import read_events

    (event_,) = [event for event in read_events(project.lake.uri) if event["eventType"] == "FAIL"]
    facet = event_["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert {(a["assertion"], a["column"]) for a in facet if not a["success"]} == {
        ("expect_column_value_lengths_to_be_between", "uri")
    }
    assert any(a["success"] for a in facet)


def test_an_unchanged_table_is_not_checked_again(project, monkeypatch):
    append(project.lake, "documents", document("a"))
    check(project)
    line_is_up_to_date(project, documents=0)
    monkeypatch.setattr(quality_job, "_check", lambda *_: pytest.fail("checked again"))
    manifest = check(project)
    assert manifest.status == "nothing_to_do"
    assert (manifest.facts["published"], manifest.facts["event"]) == (False, False)
    assert published(project) == [0]


def test_nothing_to_check_imports_nothing_heavy(project):
    append(project.lake, "documents", document("a"))
    check(project)
    code = (
        "import sys; from ragline.cli import app\n"
        f"try: app(['gate', 'documents', '--config', {str(project.config)!r}])\n"
        "except SystemExit as end: print('exit', end.code)\n"
        "print(sorted({'great_expectations', 'torch', 'mlflow', 'pyspark'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY / "jobs", capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["exit 0", "[]"]


def test_an_unchanged_table_emits_its_event_when_preprocess_is_behind(project):
    append(project.lake, "documents", document("a"))
    check(project)
    manifest = check(project)
    assert manifest.status == "done"
    assert (manifest.facts["published"], manifest.facts["event"]) == (False, True)
    assert [(use.name, use.version) for use in manifest.inputs] == [("documents", 0)]
    line_is_up_to_date(project, documents=0)
    assert check(project).status == "nothing_to_do"
    project.configure(preprocess={"chunk": {"max_tokens": 64}})
    assert check(project).status == "done"


def test_unchanged_documents_emit_their_event_when_the_release_is_behind(project):
    append(project.lake, "documents", document("a"))
    check(project)
    line_is_up_to_date(project, documents=0)
    project.configure(index={"lexical": {"stemmer": None}})
    assert check(project).facts["event"] is True


def test_unchanged_chunks_emit_their_event_until_a_release_was_made_of_them(project):
    append(project.lake, "documents", document("a", TEXT))
    append_chunks(project.lake, 0, chunk("a", TEXT, 0, len(TEXT)))
    assert check(project, "chunks").facts["event"] is True
    assert check(project, "chunks").status == "done"
    release = release_fingerprint(project.settings())
    publish(project.lake, Publication(RELEASE, 1, "r", inputs={"chunks": 0}, config_fingerprint=release))
    assert check(project, "chunks").status == "nothing_to_do"
    project.configure(index={"lexical": {"stemmer": None}})
    assert check(project, "chunks").status == "done"


def test_a_changed_suite_checks_the_same_version_again(project):
    append(project.lake, "documents", document("a"))
    check(project)
    line_is_up_to_date(project, documents=0)
    suite = project.root / "expectations" / "documents.json"
    content = json.loads(suite.read_text())
    row_count = {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 2}}
    suite.write_text(json.dumps({**content, "expectations": [row_count]}))
    assert check(project).status == "gate_failed"
    suite.write_text(json.dumps({**content, "expectations": [{**row_count, "kwargs": {"min_value": 1}}]}))
    assert check(project).status == "nothing_to_do"
    assert published(project) == [0, 0]


def test_maintenance_makes_no_new_version_to_publish(project):
    for name in ("a", "b"):
        append(project.lake, "documents", document(name))
    check(project)
    line_is_up_to_date(project, documents=1)
    project.lake.open(DOCUMENTS).optimize.compact()
    assert project.lake.version(DOCUMENTS) == 2
    assert check(project).status == "nothing_to_do"


def test_deletions_since_the_published_version_become_tombstones_before_it_is_published(project, monkeypatch):
    append(project.lake, "documents", document("a"), document("b"), document("c"), document("d"))
    check(project)
    append(project.lake, "documents", gone("a"), gone("b"))
    append(project.lake, "documents", document("b", "It came back."), gone("c"))
    monkeypatch.setattr(quality_job, "publish", _killed)
    assert check(project).status == "failed"
    monkeypatch.undo()
    assert check(project, run_id="again").status == "done"
    rows = project.lake.read(TOMBSTONES).to_pylist()
    assert sorted((row["doc_id"], row["documents_version"]) for row in rows) == sorted([(hexed("a"), 2), (hexed("c"), 2)])
    assert published(project) == [0, 2]


def _killed(*_):
    raise RuntimeError("killed")


def test_a_broken_span_fails_the_chunks(project):
    append(project.lake, "documents", document("a", TEXT))
    append_chunks(project.lake, 0, chunk("a", "printers", 9, 17), chunk("a", "printers", 10, 18))
    manifest = check(project, "chunks")
    assert failed(manifest) == [("expect_column_max_to_be_between", "span_mismatches", 1, [hexed("a10")])]
    assert [(use.name, use.version) for use in manifest.inputs] == [
        ("document_state", 0),
        ("chunk_state", 0),
        ("documents", 0),
        ("chunks", 0),
    ]


def with_two_chunks(project):
    append(project.lake, "documents", document("a", "one two"))
    append(project.lake, "chunks", chunk("a", "one", 0, 3), chunk("a", "two", 4, 7), documents=0)


def test_good_vectors_are_published(project):
    with_two_chunks(project)
    append(project.lake, "embeddings", vector("one", [0.6, 0.8]), fingerprint="model", chunks=0)
    append(project.lake, "embeddings", vector("two", [1.0, 0.0]), fingerprint="model", chunks=0)
    assert check(project, "embeddings").status == "done"
    assert last_published(project.lake, "embeddings").inputs == {"chunks": 0}
    assert check(project, "embeddings").status == "nothing_to_do"


def test_broken_vectors_fail(project):
    with_two_chunks(project)
    rows = [vector("one", [float("nan"), 0.0]), vector("other", [3.0, 4.0]), vector("third", [1.0])]
    append(project.lake, "embeddings", *rows, fingerprint="model", chunks=0)
    manifest = check(project, "embeddings")
    assert {(column, rows, tuple(keys)) for _, column, rows, keys in failed(manifest)} == {
        ("not_finite", 1, (hexed("one"),)),
        ("missing", 1, (hexed("two"),)),
        ("largest_norm", None, ()),
        ("dimensions_per_model", None, ()),
    }


def refused_lines(project, number: int, since: int = 0) -> None:
    rows = [
        {"doc_id": f"line {since + n}", "content_hash": "c", "stage": "feedback", "reason": "not_json", "deleted": False}
        for n in range(number)
    ]
    project.lake.append(QUARANTINE, table_of(QUARANTINE, rows), Commit(f"refused {since}", "r"))


def test_a_refused_line_or_two_stop_no_feedback_but_mostly_rubbish_does_until_it_is_less(project):
    append(project.lake, "feedback", event("e1"))
    refused_lines(project, 3)
    assert check(project, "feedback").status == "done"
    append(project.lake, "feedback", event("e2"))
    refused_lines(project, 30, since=3)
    ((_, fact, _, _),) = failed(check(project, "feedback"))
    assert fact == "refused_share"
    append(project.lake, "feedback", *[event(f"f{number}") for number in range(29)])
    assert check(project, "feedback").status == "done"


def test_a_click_on_what_was_not_shown_that_was_stored_once_blocks_nothing(project):
    append(project.lake, "feedback", event("e1"), event("e2", clicked=["c9"]))
    assert check(project, "feedback").status == "done"


def test_good_feedback_is_published(project):
    append(project.lake, "feedback", event("e1"), event("e2", clicked=[], corrected=["c7"]))
    assert check(project, "feedback").status == "done"
    assert check(project, "feedback").status == "nothing_to_do"


def test_a_table_without_a_gate_is_bad_input(project):
    manifest = check(project, "tombstones")
    assert manifest.status == "bad_input"
    assert "There is no gate for table 'tombstones'; the tables that have one are: documents, chunks" in manifest.message


def test_a_table_that_nothing_was_written_to_has_nothing_to_check(project):
    manifest = check(project, "feedback")
    assert manifest.status == "nothing_to_do"
    assert "has no version to check" in manifest.message
    project.lake.ensure(CHUNKS)
    assert check(project, "chunks").status == "nothing_to_do"


def test_an_expectation_that_is_not_counted_is_judged_on_the_rows(project):
    append(project.lake, "documents", document("a", uri="file:///x"), document("b", uri="file:///x"))
    suite = project.root / "expectations" / "documents.json"
    content = json.loads(suite.read_text())
    unique = {
        "type": "expect_column_values_to_be_unique",
        "kwargs": {"column": "uri"},
        "meta": {"notes": "One page, one document."},
    }
    suite.write_text(json.dumps({**content, "expectations": [*content["expectations"], unique]}))
    manifest = check(project)
    assert failed(manifest) == [("expect_column_values_to_be_unique", "uri", 2, [hexed("a"), hexed("b")])]
    assert "One page, one document. See by their ids which source and file these are of" in manifest.message


def test_facts_are_kept_with_the_publication(project):
    append(project.lake, "documents", document("a", TEXT))
    append_chunks(project.lake, 0, chunk("a", "printers", 9, 17, language="en"))
    assert check(project, "chunks").status == "done"
    kept = last_published(project.lake, "chunks").gate_result
    assert (kept["facts"]["rows"], kept["facts"]["lost_share"], kept["details"]["languages"]) == (1, 0.0, {"en": 1})
