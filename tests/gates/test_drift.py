import pytest

from ragline.gates.baseline import Baseline
from ragline.gates.drift import drift
from ragline.gates.fact_counts import FactCounts
from ragline.gates.shares import shares


def counted(**numbers: int) -> FactCounts:
    counts = FactCounts()
    for name, number in numbers.items():
        counts.add(name, number)
    return counts


def test_shares_are_of_documents_or_of_chunks():
    counts = counted(documents=10, rows=20, tokens=3000, lost_documents=5, passages=25, copied_passages=5)
    found = shares(counts, {"en": 15, "und": 2, "": 3}, {"duplicate": 2, "empty": 1, "too_short": 1, "chunked": 1})
    assert found == {
        "lost_share": 0.5,
        "copied_share": 0.2,
        "empty_share": 0.1,
        "overlapped_share": 0.1,
        "rejected_share": 0.1,
        "copied_chunks_share": 0.2,
        "unknown_language_share": 0.1,
        "mean_tokens": 150.0,
        "chunks_per_document": 4.0,
    }


def test_shares_of_nothing_are_zero():
    assert set(shares(FactCounts(), {}, {}).values()) == {0.0}


NOW = shares(counted(documents=10, rows=30, tokens=3000, lost_documents=4), {"en": 30}, {"too_short": 4})
BEFORE = shares(counted(documents=10, rows=40, tokens=8000, lost_documents=2), {"en": 40}, {"too_short": 2})


def test_shares_change_by_a_difference_and_means_by_a_factor():
    before = Baseline("version 1", {**BEFORE, "documents": 10}, "same", {"en": 40})
    changes = drift(NOW, {"en": 15, "de": 15, "und": 30}, before, "same")
    assert (changes["lost_share_change"], changes["rejected_share_change"], changes["empty_share_change"]) == (0.2, 0.2, 0.0)
    assert (changes["mean_tokens_change"], changes["chunks_per_document_change"]) == (-0.5, 0.0)
    assert (changes["language_change"], changes["documents_before"]) == (0.5, 10)


def test_sizes_are_not_compared_when_the_configuration_changed():
    before = Baseline("version 1", {**BEFORE, "documents": 10}, "other", {"en": 40})
    changes = drift(NOW, {"en": 30}, before, "same")
    assert (changes["mean_tokens_change"], changes["chunks_per_document_change"]) == (None, None)
    assert changes["lost_share_change"] == 0.2


@pytest.mark.parametrize("languages", [{}, {"": 40}, {"und": 40}])
def test_languages_are_not_compared_where_none_is_known(languages):
    before = Baseline("version 1", {**BEFORE, "documents": 10}, "same", languages)
    assert drift(NOW, {"en": 30}, before, "same")["language_change"] is None


def test_nothing_is_measured_without_a_baseline():
    changes = drift(NOW, {"en": 30}, None, "same")
    assert changes.pop("documents_before") == 0
    assert set(changes.values()) == {None}
