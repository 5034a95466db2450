import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.contracts.fingerprints import chunk_id, commit_key, doc_id, fingerprint, text_hash


def test_mapping_order_does_not_matter():
    assert fingerprint({"a": 1, "b": [2, 3]}) == fingerprint({"b": [2, 3], "a": 1})


@pytest.mark.parametrize("other", [{"a": 2}, {"a": "1"}, {"a": 1, "b": None}, [["a", 1]]])
def test_any_other_value_has_another_fingerprint(other):
    assert fingerprint({"a": 1}) != fingerprint(other)


def test_identities_are_stable_across_versions_of_the_code():
    """Literal values: a change of these orphans every lake there is."""
    assert doc_id("handbook", "guides/coffee.md") == "d43866103e00e8de7d433af4d5d69a36"
    assert text_hash("Grüße") == "c4ea35f60e586c032b021222094dfb54"
    assert chunk_id("d", "t", 0) == "c58458294eb7469221cbe2fd885f1e90"


@given(st.text(), st.text(), st.text(), st.text())
def test_parts_are_not_confused_with_each_other(a, b, c, d):
    if (a, b) != (c, d):
        assert doc_id(a, b) != doc_id(c, d)


def test_occurrence_tells_equal_chunks_of_a_document_apart():
    assert chunk_id("d", "t", 0) != chunk_id("d", "t", 1)


def test_lone_surrogates_can_be_hashed():
    assert text_hash("\ud800") != text_hash("\ud801")


def test_commit_key_follows_each_of_its_parts():
    base = commit_key("ingest", "documents", {"documents": 1}, "c")
    assert base == commit_key("ingest", "documents", {"documents": 1}, "c")
    assert base != commit_key("ingest", "documents", {"documents": 2}, "c")
    assert base != commit_key("ingest", "quarantine", {"documents": 1}, "c")
    assert base != commit_key("ingest", "documents", {"documents": 1}, "d")
