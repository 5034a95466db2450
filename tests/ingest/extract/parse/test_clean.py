import pytest

from tests.ingest.extract.parse.parsed import text_of


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_newlines_are_one_kind_and_nul_is_gone(newline):
    assert text_of(newline.join(["one", "t\x00wo", "three"]), "text/plain") == "one\ntwo\nthree\n"
