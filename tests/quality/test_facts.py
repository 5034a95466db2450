import pytest

from ragline.quality.chunk_facts import chunk_facts
from ragline.quality.document_facts import document_facts
from ragline.quality.embedding_facts import embedding_facts
from ragline.quality.facts import Facts
from tests.quality.rows import append, chunk, document, gone, hexed, vector

TEXT = "Ünïcode: printers 🖨 are found by name."


def compute(project, facts, version: int) -> Facts:
    found = []
    manifest = project.run("gate", lambda run: found.append(facts(run, version)))
    assert manifest.status == "done", manifest.message
    return found[0]


def test_documents_are_those_that_count_at_the_version(project):
    append(project.lake, "documents", document("a"), document("b", "\t\n"))
    append(project.lake, "documents", document("a", "line\r\n"), gone("b"))
    first, second = compute(project, document_facts, 0), compute(project, document_facts, 1)
    assert first.values == {"rows": 2, "duplicate_keys": 0, "blank_texts": 1, "raw_characters": 0}
    assert first.samples["blank_texts"] == [hexed("b")]
    assert second.values == {"rows": 1, "duplicate_keys": 0, "blank_texts": 0, "raw_characters": 1}


def test_no_more_than_five_keys_are_shown(project):
    append(project.lake, "documents", *[document(str(number), " ") for number in range(7)])
    facts = compute(project, document_facts, 0)
    assert (facts.values["blank_texts"], len(facts.samples["blank_texts"])) == (7, 5)


@pytest.mark.parametrize(
    ("broken", "fact"),
    [
        (chunk("a", "printers", 9, 17, doc_id=hexed("nowhere")), "orphans"),
        (chunk("a", "printers", 9, 9), "invalid_spans"),
        (chunk("a", "printers", -1, 17), "invalid_spans"),
        (chunk("a", "printers", 9, 39), "invalid_spans"),
        (chunk("a", "printers", 9, None), "invalid_spans"),
        (chunk("a", "printers", 10, 18), "span_mismatches"),
    ],
)
def test_spans_are_held_against_the_documents_in_code_points(project, broken, fact):
    append(project.lake, "documents", document("a", TEXT))
    good = chunk("a", "🖨 are", 18, 23)
    cleaned = chunk("a", "[EMAIL]", 24, 38, alignment=[0, 0])
    append(project.lake, "chunks", good, cleaned, {**broken, "chunk_id": hexed("broken")}, documents=0)
    facts = compute(project, chunk_facts, 0)
    clean = {"rows": 3, "duplicate_keys": 0, "orphans": 0, "invalid_spans": 0, "span_mismatches": 0}
    assert facts.values == {**clean, fact: 1}
    assert facts.samples[fact] == [hexed("broken")]


def test_chunks_are_held_against_the_version_of_documents_they_were_made_of(project):
    append(project.lake, "documents", document("a", "one two"))
    append(project.lake, "chunks", chunk("a", "one", 0, 3), documents=0)
    append(project.lake, "documents", document("a", "two one"))
    assert compute(project, chunk_facts, 0).values["span_mismatches"] == 0


def test_a_chunk_id_that_comes_twice_is_found(project):
    append(project.lake, "documents", document("a", TEXT))
    append(project.lake, "chunks", *[chunk("a", "printers", 9, 17)] * 2, documents=0)
    assert compute(project, chunk_facts, 0).samples["duplicate_keys"] == [hexed("a9")]


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
    assert compute(project, embedding_facts, 0).values == {**GOOD, **different}
