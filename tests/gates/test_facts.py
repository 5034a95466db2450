import json
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.contracts.tables import TABLES
from ragline.gates.counted_suite import counted_suite
from ragline.gates.facts import Facts, repeated_keys
from ragline.gates.facts_by_table import facts_of
from ragline.gates.inspection import Inspection
from tests.gates.rows import append, append_chunks, chunk, document, gone, hexed, outcome, vector
from tests.places import REPOSITORY

TEXT = "Ünïcode: printers 🖨 are found by name."


def compute(project, table: str, version: int, since: int | None = None, *overrides: str) -> Facts:
    """Facts as the gate computes them, with the rules of the table's own suite."""
    suite = json.loads((REPOSITORY / "expectations" / f"{table}.json").read_text())
    rules = counted_suite(suite, TABLES[table]).rules
    found = []

    def work(run):
        found.append(facts_of(Inspection(run, TABLES[table], version, rules, since)))

    manifest = project.run("gate", work, *overrides)
    assert manifest.status == "done", manifest.message
    return found[0]


def faults(facts: Facts) -> dict[str, int]:
    """The facts that count rows, where they count any."""
    return {fact: int(facts.values[fact]) for fact in facts.samples if facts.values[fact]}


def test_documents_are_those_that_count_at_the_version(project):
    append(project.lake, "documents", document("a"), document("b", "\t\n"))
    append(project.lake, "documents", document("a", "line\r\n"), gone("b"))
    first, second = compute(project, "documents", 0), compute(project, "documents", 1)
    assert (first.values["rows"], faults(first)) == (2, {"blank_texts": 1})
    assert first.samples["blank_texts"] == [hexed("b")]
    assert (second.values["rows"], faults(second)) == (1, {"raw_characters": 1})


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.none() | st.just("n"))))
def test_keys_of_several_columns_repeat_where_all_columns_do(rows):
    names = ("text_hash", "model_fingerprint", "label")
    table = pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)})
    repeated = [" ".join(map(str, row)) for row, times in Counter(rows).items() if times > 1]
    assert repeated_keys(table) == repeated


def test_no_more_than_five_keys_are_shown(project):
    append(project.lake, "documents", *[document(str(number), " ") for number in range(7)])
    facts = compute(project, "documents", 0)
    assert (facts.values["blank_texts"], len(facts.samples["blank_texts"])) == (7, 5)


def test_documents_checked_before_are_not_looked_at_again_but_their_ids_are(project):
    append(project.lake, "documents", document("a", " "))
    append(project.lake, "documents", document("b"), document("b"))
    facts = compute(project, "documents", 1, 0)
    assert (facts.values["rows"], facts.values["rows_checked"]) == (3, 2)
    assert faults(facts) == {"duplicate_keys": 1}


@pytest.mark.parametrize(
    ("broken", "fact"),
    [
        (chunk("a", "printers", 9, 9), "invalid_spans"),
        (chunk("a", "printers", -1, 17), "invalid_spans"),
        (chunk("a", "printers", 9, 39), "invalid_spans"),
        (chunk("a", "printers", 9, None), "invalid_spans"),
        (chunk("a", "printers", 10, 18), "span_mismatches"),
        (chunk("a", "[EMAIL]", 9, 17, alignment=[0, 9, 7, 16]), "broken_alignments"),
        (chunk("a", "[EMAIL]", 9, 17, alignment=[0, 9, 6, 17]), "broken_alignments"),
        (chunk("a", "[EMAIL]", 9, 17, alignment=[0, 9, 5, 12, 3, 14, 7, 17]), "broken_alignments"),
        (chunk("a", "[EMAIL]", 9, 17, alignment=[0, 9, 7]), "broken_alignments"),
        (chunk("a", "[EMAIL]", 9, 17, alignment=[]), "broken_alignments"),
    ],
)
def test_spans_are_held_against_the_documents_in_code_points(project, broken, fact):
    append(project.lake, "documents", document("a", TEXT))
    good = chunk("a", "🖨 are", 18, 23)
    cleaned = chunk("a", "[EMAIL]!", 24, 38, alignment=[0, 24, 7, 37, 8, 38])
    append_chunks(project.lake, 0, good, cleaned, {**broken, "chunk_id": hexed("broken")})
    facts = compute(project, "chunks", 0)
    assert (facts.values["rows"], faults(facts)) == (3, {fact: 1})
    assert facts.samples[fact] == [hexed("broken")]


def test_spans_are_checked_in_whatever_order_documents_and_chunks_are_stored(project):
    names = [f"document {number}" for number in range(600)]
    append(project.lake, "documents", *[document(name, f"{name}: {TEXT}") for name in names[:450]])
    append(project.lake, "documents", *[document(name, f"{name}: {TEXT}") for name in names[450:]])
    chunks = [chunk(name, name, 0, len(name)) for name in reversed(names)]
    append_chunks(project.lake, 1, *chunks, {**chunk(names[7], "other", 0, 5), "chunk_id": hexed("broken")})
    # Chunks this long are read 256 at a time, so that texts are read back and forth.
    facts = compute(project, "chunks", 0, None, "preprocess.chunk.max_tokens=8192")
    assert (facts.values["rows_checked"], faults(facts)) == (601, {"span_mismatches": 1})
    assert facts.samples["span_mismatches"] == [hexed("broken")]


def test_a_chunk_of_no_document_is_found(project):
    append(project.lake, "documents", document("a", TEXT), document("b"))
    append(project.lake, "documents", gone("b"))
    lost = chunk("b", "Printers", 0, 8)
    append_chunks(project.lake, 1, chunk("a", "printers", 9, 17), lost)
    facts = compute(project, "chunks", 0)
    assert (faults(facts), facts.samples["orphans"]) == ({"orphans": 1}, [lost["chunk_id"]])


def test_a_chunk_of_a_document_that_changed_since_is_found_though_its_row_is_old(project):
    append(project.lake, "documents", document("a", "one two"), document("b", "three"))
    append_chunks(project.lake, 0, chunk("a", "one", 0, 3), chunk("b", "three", 0, 5))
    append(project.lake, "documents", document("a", "one 2"))
    told = [outcome("a", 1), outcome("b", 1)]
    append_chunks(project.lake, 1, chunk("b", "three", 0, 5), outcomes=told)
    facts = compute(project, "chunks", 1, 0)
    assert (facts.values["rows_checked"], faults(facts)) == (1, {"stale": 1})


def test_chunks_are_held_against_the_version_of_documents_they_were_made_of(project):
    append(project.lake, "documents", document("a", "one two"))
    append_chunks(project.lake, 0, chunk("a", "one", 0, 3))
    append(project.lake, "documents", document("a", "two one"))
    assert faults(compute(project, "chunks", 0)) == {}


def test_a_chunk_id_that_comes_twice_is_found(project):
    append(project.lake, "documents", document("a", TEXT))
    append_chunks(project.lake, 0, *[chunk("a", "printers", 9, 17)] * 2)
    facts = compute(project, "chunks", 0)
    assert (faults(facts), facts.samples["duplicate_keys"]) == ({"duplicate_keys": 1}, [hexed("a9")])


def test_chunks_longer_than_the_configured_limit_are_found(project):
    append(project.lake, "documents", document("a", TEXT))
    append_chunks(project.lake, 0, chunk("a", "printers", 9, 17, token_count=17))
    assert faults(compute(project, "chunks", 0, None, "preprocess.chunk.max_tokens=17")) == {}
    assert faults(compute(project, "chunks", 0, None, "preprocess.chunk.max_tokens=16")) == {"over_max_tokens": 1}


def test_documents_whose_fate_is_not_told_or_not_true_are_found(project):
    append(project.lake, "documents", *[document(name, "one two") for name in ("a", "b", "c", "d")])
    told = [outcome("a", 2), outcome("c", 0, "empty"), outcome("d", 0, "duplicate")]
    append_chunks(project.lake, 0, chunk("a", "one", 0, 3), outcomes=told)
    facts = compute(project, "chunks", 0)
    assert faults(facts) == {"documents_without_outcome": 1, "miscounted_documents": 1, "lost_documents": 3}
    assert facts.samples["documents_without_outcome"] == [hexed("b")]
    assert facts.samples["miscounted_documents"] == [hexed("a")]
    shares = ("lost_share", "empty_share", "copied_share", "rejected_share")
    assert [facts.values[name] for name in shares] == [0.75, 0.25, 0.25, 0.0]


def test_outcomes_of_another_run_are_not_taken_for_these(project):
    append(project.lake, "documents", document("a", "one two"))
    append_chunks(project.lake, 0, chunk("a", "one", 0, 3))
    append(project.lake, "document_state", outcome("a", 5), documents=0, chunks=1)
    assert faults(compute(project, "chunks", 0)) == {}


GOOD = {
    "rows": 2,
    "duplicate_keys": 0,
    "missing": 0,
    "not_finite": 0,
    "dimensions_per_model": 1,
    "smallest_dimension": 2,
    "smallest_norm": 1.0,
    "largest_norm": 1.0,
}
ONE = vector("one", [1.0, 0.0])


@pytest.mark.parametrize(
    ("rows", "different"),
    [
        ([ONE, vector("two", [0.0, 1.0])], {}),
        ([ONE], {"rows": 1, "missing": 1}),
        ([ONE, vector("two", [1.0, 0.0], "other")], {"missing": 1}),
        ([ONE, vector("two", [1.0, 0.0]), vector("two", [1.0, 0.0, 0.0], "other")], {"rows": 3}),
        ([ONE, vector("two", [float("nan"), 0.0])], {"not_finite": 1}),
        ([ONE, vector("two", [0.0, float("-inf")])], {"not_finite": 1}),
        ([ONE, vector("two", [3.0, 4.0])], {"largest_norm": 5.0}),
        ([ONE, vector("two", [0.0, 0.0])], {"smallest_norm": 0.0}),
        ([ONE, vector("two", [])], {"dimensions_per_model": 2, "smallest_dimension": 0}),
        ([ONE, {**vector("two", []), "vector": None}], {"dimensions_per_model": 2, "smallest_dimension": 0}),
        ([ONE, ONE, vector("two", [1.0, 0.0])], {"rows": 3, "duplicate_keys": 1}),
    ],
)
def test_vectors_are_measured_and_their_coverage_counted(project, rows, different):
    append(project.lake, "documents", document("a", "one two"))
    append(project.lake, "chunks", chunk("a", "one", 0, 3), chunk("a", "two", 4, 7), documents=0)
    append(project.lake, "embeddings", *rows, fingerprint="model", chunks=0)
    values = compute(project, "embeddings", 0).values
    assert {fact: values[fact] for fact in GOOD} == {**GOOD, **different}


def test_vectors_checked_before_are_not_measured_again(project):
    append(project.lake, "embeddings", vector("one", [3.0, 4.0]))
    append(project.lake, "embeddings", vector("two", [1.0, 0.0]))
    values = compute(project, "embeddings", 1, 0).values
    assert (values["rows"], values["rows_checked"], values["largest_norm"]) == (2, 1, 1.0)
