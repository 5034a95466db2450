import subprocess
from pathlib import Path

import pytest

from ragline.spark.class_archive import use_archive

pytestmark = pytest.mark.spark


def java(options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(f"java {options} -version", shell=True, capture_output=True, text=True, check=False, timeout=60)


def test_a_java_is_told_of_an_archive_only_where_there_is_one(tmp_path: Path) -> None:
    assert use_archive(tmp_path / "classes.jsa") == ""


def test_a_java_that_cannot_use_the_archive_starts_without_and_says_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "a folder" / "classes.jsa"
    archive.parent.mkdir()
    archive.write_bytes(b"of another Java")
    started = java(use_archive(archive))
    assert started.returncode == 0
    assert started.stderr.splitlines()[:2] == java("").stderr.splitlines()[:2]
