import os

import pytest

from ragline.errors import SourceError
from ragline.ingest.item import ItemRefused
from tests.ingest.sources.folders import items, listed, read, source


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_followed(folder, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "others").mkdir()
    (folder / "leak.md").symlink_to(tmp_path / "secret.md")
    (folder / "linked").symlink_to(tmp_path / "others")
    (folder / "same.md").symlink_to(folder / "b.md")
    found = items(folder)
    for name in ("leak.md", "linked"):
        assert found[name].refusal.reason == "outside_folder"
        assert "outside the source's folder" in found[name].refusal.message
    assert read(folder, found["same.md"]) == b"text"


def test_a_link_that_is_turned_after_the_listing_is_refused(folder, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    item = items(folder)["b.md"]
    (folder / "b.md").unlink()
    (folder / "b.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(ItemRefused) as refused:
        source(folder).open(item)
    assert refused.value.reason == "outside_folder"


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


def test_a_pipe_is_not_waited_for_and_a_missing_file_cannot_be_read(folder):
    os.mkfifo(folder / "pipe.md")
    found = items(folder)
    with pytest.raises(ItemRefused, match="not a regular file"):
        source(folder).open(found["pipe.md"])
    (folder / "b.md").unlink()
    with pytest.raises(FileNotFoundError):
        source(folder).open(found["b.md"])


def test_the_marker_says_whether_a_file_changed(folder):
    before = items(folder)
    (folder / "b.md").write_text("other text")
    after = items(folder)
    assert before["b.md"].change_marker != after["b.md"].change_marker
    assert before["a/x.rst"].change_marker == after["a/x.rst"].change_marker
    assert after["b.md"].size == 10
