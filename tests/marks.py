"""A test says by its marks what it starts; one that starts a JVM, an Airflow or a model server without saying so fails.

``make check`` leaves marked tests out: without this, a forgotten mark would make it slow, and nobody would know why.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Fixtures of the whole session that start something: a test that finds it running would not be caught starting it.
_STARTED_BY_FIXTURES = {"spark": "spark", "airflow": "airflow"}
_STARTS_JVM = {"spark", "airflow", "readme"}

# The end of Java's command line says that the version is asked for, which starts no Spark.
_JAVA = """#!/bin/sh
if [ "$1" = -version ]; then echo 'openjdk version "17.0.0"' >&2; exit 0; fi
echo java >> '{started}'
echo 'A test that starts a JVM needs the mark spark.' >&2
exit 1
"""

_unmarked: list[str] | None = None  # what the test that runs has started without a mark; None: nobody looks


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that ask for a fixture which starts something, and do not say so."""
    for item in items:
        for fixture, mark in _STARTED_BY_FIXTURES.items():
            if fixture in getattr(item, "fixturenames", ()) and item.get_closest_marker(mark) is None:
                raise pytest.UsageError(f"{item.nodeid} uses the fixture {fixture!r}: mark it {mark}.")


def pytest_configure(config: pytest.Config) -> None:
    """See every process that the tests' process starts."""
    sys.addaudithook(_see_process)


def _see_process(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "subprocess.Popen" or _unmarked is None:
        return
    _, argv, *_ = arguments
    words = [str(word) for word in argv] if isinstance(argv, list | tuple) else str(argv).split()
    modules = {word for before, word in zip(words, words[1:], strict=False) if before == "-m"}
    programs = modules | {Path(words[0]).name} if words else modules
    if "airflow" in programs or ("mlflow" in programs and {"server", "serve"} & set(words)):
        _unmarked.append(" ".join(words))


@pytest.fixture(autouse=True)
def _says_what_it_starts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fail an unmarked test that starts a JVM, itself or in a process of its own, or an Airflow, or a model server."""
    global _unmarked
    marks = {mark.name for mark in request.node.iter_markers()}
    if marks & (_STARTS_JVM | {"serving"}):
        yield
        return
    home = tmp_path_factory.mktemp("java", numbered=True)
    started = home / "started"
    _write_java(home, started)
    monkeypatch.setenv("JAVA_HOME", str(home))
    _unmarked = []
    yield
    found, _unmarked = [*_unmarked, *(["a JVM"] if started.exists() else [])], None
    shutil.rmtree(home)
    if found:
        pytest.fail(f"This test started {', '.join(found)}: mark it spark, airflow or serving, as the case is.")


def _write_java(home: Path, started: Path) -> None:
    java = home / "bin" / "java"
    java.parent.mkdir()
    java.write_text(_JAVA.format(started=started))
    java.chmod(0o755)
