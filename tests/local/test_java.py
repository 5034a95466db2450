from pathlib import Path

import pytest

from ragline.errors import ConfigError
from ragline_local.java import require_java


def fake_java(home: Path, version: str) -> Path:
    """A program that answers ``-version`` as a JDK of that version does."""
    java = home / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2020-01-01' >&2\n")
    java.chmod(0o755)
    return home


def test_java_17_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path, "17.0.15")))
    assert require_java() == 17


def test_java_8_is_too_old_and_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path, "1.8.0_402")))
    with pytest.raises(ConfigError, match="is version 1 and Spark needs 17: install .*openjdk-17-jre-headless"):
        require_java()


def test_no_java_at_all_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="Spark needs Java and there is none"):
        require_java()
