import pytest

from ragline.contracts.release_spec import LexicalIndexSpec
from ragline.errors import ReleaseError
from ragline.retrieval.analysers import ANALYSERS, make_analyser

TEXT = "Die Passwords EXPIRED: naïve caf\u00e9s, ISO-8601 " + "x" * 61


def test_analyser_1_cuts_text_as_it_always_did() -> None:
    """Releases rely on it for ever: another cut is another number."""
    cut = make_analyser(LexicalIndexSpec(analyser=1, stemmer=None)).analyze(TEXT)
    assert cut == ["die", "passwords", "expired", "naïve", "cafés", "iso", "8601"]
    stemmed = make_analyser(LexicalIndexSpec(analyser=1, stemmer="en")).analyze(TEXT)
    assert stemmed == ["die", "password", "expir", "naïv", "café", "iso", "8601"]


def test_an_analyser_of_a_newer_ragline_is_refused_by_its_number() -> None:
    with pytest.raises(ReleaseError, match=f"needs analyser {max(ANALYSERS) + 1}; this Ragline knows 1"):
        make_analyser(LexicalIndexSpec(analyser=max(ANALYSERS) + 1, stemmer=None))
