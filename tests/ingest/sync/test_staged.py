from dataclasses import replace

import pyarrow as pa
import pytest

from ragline.errors import LakeError
from ragline.ingest.sync.effects import EFFECTS
from ragline.ingest.sync.staged import Staged, load, save

STAGED = Staged(
    source="docs",
    versions={"documents": 3, "quarantine": None, "items": 3},
    files=[{"table": "documents", "path": "part-1.parquet", "size": 10, "modification_time": 1, "stats": "{}"}],
    change="c",
    config="f",
    is_nothing=False,
    unchanged=4,
    refusals={"encrypted": 2},
    facts={"listed": 3},
    listed_at="2026-11-27T12:00:00+00:00",
    effects=pa.Table.from_pylist([{"item": "a", "doc_id": "a", "effect": "new", "is_reread": False}], schema=EFFECTS),
)


def test_the_list_is_read_as_it_was_written_and_replaced_by_a_later_try(tmp_path):
    other = replace(STAGED, source="wiki", files=[])
    for staged in (STAGED, other, replace(other, is_nothing=True)):
        save(str(tmp_path), "run", staged)
    assert load(str(tmp_path), "run") == [STAGED, replace(other, is_nothing=True)]
    assert load(str(tmp_path), "another-run") == []


def test_it_counts_what_it_does_and_what_it_leaves():
    assert STAGED.counts == {"new": 1, "changed": 0, "moved": 0, "deleted": 0, "unchanged": 4, "quarantined": 2}
    assert STAGED.drops == {"encrypted": 2}


def test_a_list_from_before_effects_were_kept_is_not_committed(tmp_path):
    save(str(tmp_path), "run", STAGED)
    (tmp_path / "_staging/ingest/run/docs.arrow").unlink()
    with pytest.raises(LakeError, match="stage it again"):
        load(str(tmp_path), "run")


def test_rows_are_stamped_with_the_version_after_the_one_that_was_read():
    assert [STAGED.seq(table) for table in ("documents", "quarantine", "new")] == [4, 1, 1]


def test_the_key_tells_apart_what_would_be_written_and_on_top_of_what():
    assert STAGED.key() == replace(STAGED, files=[], unchanged=0).key()  # the names of files are random
    others = [replace(STAGED, change="d"), replace(STAGED, versions={**STAGED.versions, "items": 4}), replace(STAGED, source="x")]
    assert len({STAGED.key(), *(other.key() for other in others)}) == 4
