"""What README, CONTRIBUTING and the docs say about the code is there: every path, link and module they name exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import REPOSITORY

# Decisions and results are history: they keep the names of their day.
PAGES = sorted(
    [
        *REPOSITORY.glob("*.md"),
        *REPOSITORY.glob("docs/*.md"),
        REPOSITORY / "docs" / "adr" / "README.md",
        REPOSITORY / "docs" / "adr" / "0007-rooms.md",
        REPOSITORY / "expectations" / "README.md",
        REPOSITORY / "benchmarks" / "README.md",
    ]
)
PAGES.remove(REPOSITORY / "CHANGELOG.md")
TOP_FOLDERS = ("benchmarks", "conf", "dags", "deploy", "docs", "expectations", "jobs", "plugins", "tests")
# Files that a page tells the reader to write.
EXAMPLES = {"conf/pipelines/handbook.yaml"}
# Words that stand for any name.
PLACEHOLDER = re.compile(r"\b(X|TABLE)\b")

CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
PATH = re.compile(rf"(?:{'|'.join(TOP_FOLDERS)})/[\w./*-]*")
# CONTRIBUTING names the rooms as its text says: below jobs/ragline.
ROOMS = [room.name for room in sorted((REPOSITORY / "jobs" / "ragline").iterdir()) if room.is_dir()]
ROOM_PATH = re.compile(rf"(?:{'|'.join(ROOMS)})/[\w./*-]*")
MODULE = re.compile(r"ragline(?:_airflow|_local)?(?:\.[a-z_0-9]+)+")


def unknown_paths(text: str) -> Iterator[str]:
    """Paths from the repository's root that name no file or folder; ``*`` may stand for a part of a name."""
    for code in CODE.findall(text):
        if PLACEHOLDER.search(code) or code in EXAMPLES:
            continue
        if PATH.fullmatch(code) and not list(REPOSITORY.glob(code.rstrip("/"))):
            yield code
        if ROOM_PATH.fullmatch(code) and not list((REPOSITORY / "jobs" / "ragline").glob(code.rstrip("/"))):
            yield code


def broken_links(page: Path, text: str) -> Iterator[str]:
    """Relative links that lead nowhere."""
    for target in LINK.findall(text):
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists():
            yield target


def unknown_modules(text: str) -> Iterator[str]:
    """Modules of the project that are not there."""
    for code in CODE.findall(text):
        for name in re.findall(rf"(?<![\w/.-]){MODULE.pattern}(?![\w.])", code):
            bases = [REPOSITORY / folder / name.replace(".", "/") for folder in ("jobs", "plugins", "deploy")]
            if not any(base.is_dir() or base.with_suffix(".py").is_file() for base in bases):
                yield name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_what_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [*unknown_paths(text), *broken_links(page, text), *unknown_modules(text)] == []


def test_what_is_not_there_is_found(tmp_path: Path) -> None:
    text = "`jobs/ragline/nowhere.py` `lake/nowhere.py` `tests/` `ragline.nowhere` `ragline.cli` [a](gone.md) [b](https://example.org)"
    assert list(unknown_paths(text)) == ["jobs/ragline/nowhere.py", "lake/nowhere.py"]
    assert list(unknown_modules(text)) == ["ragline.nowhere"]
    assert list(broken_links(tmp_path / "page.md", text)) == ["gone.md"]
