import os
from pathlib import Path

import pytest

from ragline.errors import SourceError
from ragline.ingest.item import ItemRefused
from ragline.ingest.sources.folder import FolderOptions, FolderSource


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "docs"
    for name in ("b.md", "a/x.rst", "a/deep/y.txt", "drafts/z.md", ".hidden/h.md", ".h.md", "page.html", "photo.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("text")
    return root


def listed(folder: Path, **options: object) -> list[str]:
    source = FolderSource("docs", FolderOptions(uri=str(folder), **options), folder.parent)
    return [item.source_id for item in source.items()]


def test_text_files_by_default_and_nothing_hidden(folder):
    assert listed(folder) == ["b.md", "page.html", "a/x.rst", "a/deep/y.txt", "drafts/z.md"]


def test_patterns_are_those_of_gitignore(folder):
    assert listed(folder, include=["**/*.md"], exclude=["drafts/"]) == [".h.md", "b.md", ".hidden/h.md"]
    assert listed(folder, include=["a/**"]) == ["a/x.rst", "a/deep/y.txt"]


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_followed(folder, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "others").mkdir()
    (folder / "leak.md").symlink_to(tmp_path / "secret.md")
    (folder / "linked").symlink_to(tmp_path / "others")
    (folder / "same.md").symlink_to(folder / "b.md")
    items = {item.source_id: item for item in FolderSource("docs", FolderOptions(uri=str(folder)), tmp_path).items()}
    for name in ("leak.md", "linked"):
        with pytest.raises(ItemRefused, match="outside the source's folder") as refused:
            items[name].open()
        assert refused.value.reason == "outside_folder"
    assert items["same.md"].open().read() == b"text"


def test_a_folder_that_cannot_be_listed_stops_the_listing(folder, monkeypatch):
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(SourceError, match="cannot list .*deep: Permission denied"):
        listed(folder)


def test_a_name_that_is_not_utf8_is_spelled_out(folder):
    try:
        (folder / os.fsdecode(b"caf\xe9.md")).write_text("text")
    except OSError:
        pytest.skip("this file system refuses names that are not UTF-8")
    assert "caf\\xe9.md" in listed(folder)


def test_a_pipe_is_not_waited_for(folder):
    os.mkfifo(folder / "pipe.md")
    items = {item.source_id: item for item in FolderSource("docs", FolderOptions(uri=str(folder)), folder).items()}
    with pytest.raises(ItemRefused, match="not a regular file"):
        items["pipe.md"].open()
