"""Copies of sources go with the deadline of deletions."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from ragline.config.retention import RetentionSettings
from ragline.maintain.caches import remove_old_caches

NOW = datetime.now(UTC)


def write(root, name, days):
    file = root / ".ragline" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x")
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(file, (at, at))


def left(root):
    return sorted(str(file.relative_to(root / ".ragline")) for file in root.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    ("deleted", "removed", "kept"),
    [(30, 2, ["git/b/packs/3", "other/d", "web/new.json"]), (0, 3, ["git/b/packs/3", "other/d"])],
)
def test_a_copy_goes_when_its_oldest_part_is_older_than_deletions_may_be(tmp_path, deleted, removed, kept):
    for name, days in (("git/a/packs/1", 40), ("git/a/packs/2", 0), ("git/b/packs/3", 0), ("other/d", 40)):
        write(tmp_path, name, days)
    write(tmp_path, "web/old.json", 31)
    write(tmp_path, "web/new.json", 1)
    assert remove_old_caches(tmp_path, RetentionSettings(deleted=deleted), NOW) == removed
    assert left(tmp_path) == kept
    assert remove_old_caches(tmp_path, RetentionSettings(deleted=deleted), NOW) == 0


def test_a_project_without_copies_has_none_to_remove(tmp_path):
    assert remove_old_caches(tmp_path, RetentionSettings(), NOW) == 0
