"""Each staging goes when its own run has left it, whatever else is staged beside it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ragline.contracts.run_manifest import RunManifest, run_manifest_uri
from ragline.lake.files import write_bytes
from ragline.maintain.staging import remove_leftovers

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path):
    return str(tmp_path / "lake")


def stage(lake, name, hours, file="list.json"):
    path = Path(lake, "_staging", name, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")
    touched = (NOW - timedelta(hours=hours)).timestamp()
    for entry in (path, *path.parents):
        if entry.name == "_staging":
            break
        os.utime(entry, (touched, touched))


def ended(lake, run_id, hours):
    at = (NOW - timedelta(hours=hours)).isoformat()
    manifest = RunManifest(job="ingest", pipeline="p", run_id=run_id, status="failed", started_at=at, ended_at=at)
    write_bytes(run_manifest_uri(lake, "ingest", run_id), manifest.model_dump_json().encode())


def left(lake):
    folder = Path(lake, "_staging")
    return sorted(str(path.parent.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_staging_goes_although_others_beside_it_are_newer(lake):
    for name, hours in (("ingest/old", 200), ("ingest/new", 1), ("release-old", 30), ("release-new", 1)):
        stage(lake, name, hours)
    assert remove_leftovers(lake, 168, NOW) == 2
    assert left(lake) == ["ingest/new", "release-new"]


def test_the_newest_file_of_a_staging_counts(lake):
    stage(lake, "ingest/a", 200)
    stage(lake, "ingest/a/spool", 2)
    stage(lake, "release-b", 2, file="index.faiss")
    stage(lake, "release-b", 200, file="manifest.json")
    assert remove_leftovers(lake, 168, NOW) == 0
    assert left(lake) == ["ingest/a", "ingest/a/spool", "release-b", "release-b"]


def test_what_waits_for_its_commit_longer_than_a_day_stays(lake):
    stage(lake, "ingest/slow", 40)
    assert remove_leftovers(lake, 168, NOW) == 0


@pytest.mark.parametrize(
    ("ended_hours", "goes"),
    [pytest.param(2, True, id="the run has ended"), pytest.param(5, False, id="it ended before: the same id has run again")],
)
def test_what_an_ended_run_left_goes_after_an_hour(lake, ended_hours, goes):
    stage(lake, "ingest/run-1", 3)
    ended(lake, "run-1", ended_hours)
    assert remove_leftovers(lake, 168, NOW) == goes


def test_what_a_run_left_that_has_ended_a_moment_ago_stays(lake):
    stage(lake, "ingest/run-1", 0.5)
    ended(lake, "run-1", 0.4)
    assert remove_leftovers(lake, 168, NOW) == 0


def test_no_retention_leaves_nothing_and_files_without_a_folder_go_too(lake):
    stage(lake, "ingest/a", 0)
    stage(lake, ".", 30, file="forgotten.bin")
    assert remove_leftovers(lake, 0, NOW) == 2
    assert left(lake) == []


def test_a_lake_without_staging_has_nothing_to_remove(lake):
    assert remove_leftovers(lake, 168, NOW) == 0
