from pathlib import Path

import pytest

from ragline.feedback.pseudonyms import KEY_VARIABLE, pseudonym, pseudonym_key


def test_a_user_has_one_pseudonym_under_one_key_and_nobody_has_none() -> None:
    # printf ada | openssl dgst -sha256 -hmac k
    assert pseudonym("ada", b"k") == "16ae9ecd91203823a6ddb69327f2d592"
    assert pseudonym("ada", b"other") != pseudonym("ada", b"k")
    assert pseudonym("", b"k") == ""


def test_a_random_key_is_made_once_and_kept_in_the_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    made = pseudonym_key(str(tmp_path / "lake"))
    assert len(made) == 64
    assert pseudonym_key(str(tmp_path / "lake")) == made
    assert pseudonym_key(str(tmp_path / "other")) != made


def test_a_given_key_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "given")
    assert pseudonym_key(str(tmp_path)) == b"given"
    assert list(tmp_path.iterdir()) == []
