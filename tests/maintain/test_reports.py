"""Reports lose what may name documents when deletions have to be gone, and go after their own time."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from ragline.config.retention import RetentionSettings
from ragline.contracts.run_manifest import DatasetUse, RunManifest
from ragline.lake.run_manifests import load_run_manifest
from ragline.maintain.reports import clear_reports

NOW = datetime.now(UTC)
MANIFEST = RunManifest(
    job="gate",
    pipeline="p",
    run_id="r",
    status="gate_failed",
    started_at="2026-01-01",
    message="zeppelin is not a title",
    inputs=[DatasetUse(name="documents", version=3)],
    counts={"expectations": 4},
    facts={"failed": ["zeppelin"]},
)
EVENT = {
    "eventType": "FAIL",
    "run": {"runId": "1", "facets": {"errorMessage": {"message": "zeppelin", "stackTrace": "zeppelin"}}},
}


@pytest.fixture
def lake(tmp_path):
    return tmp_path


def write(lake, name, content, days):
    file = lake / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(file, (at, at))
    return file


def write_reports(lake, days):
    return (
        write(lake, "_runs/gate/r.json", MANIFEST.model_dump_json(), days),
        write(lake, "_lineage/e.json", json.dumps(EVENT), days),
        write(lake, "_docs/documents/validations/a.html", "zeppelin", days),
    )


def test_words_go_with_the_deadline_of_deletions_and_figures_stay(lake):
    manifest, event, page = write_reports(lake, 31)
    assert clear_reports(str(lake), RetentionSettings(), NOW) == 3
    assert not page.exists()
    assert "zeppelin" not in manifest.read_text() + event.read_text()
    kept = load_run_manifest(str(manifest))
    assert (kept.status, kept.inputs, kept.counts) == (MANIFEST.status, MANIFEST.inputs, MANIFEST.counts)
    assert json.loads(event.read_text())["run"]["runId"] == "1"
    assert clear_reports(str(lake), RetentionSettings(), NOW) == 0


@pytest.mark.parametrize("deleted", [0, 30])
def test_what_was_written_a_moment_ago_stays_for_whoever_started_the_job(lake, deleted):
    write_reports(lake, 0)
    assert clear_reports(str(lake), RetentionSettings(deleted=deleted), NOW) == 0


def test_with_no_time_for_deletions_words_go_after_an_hour(lake):
    write_reports(lake, 0.1)
    assert clear_reports(str(lake), RetentionSettings(deleted=0), NOW) == 3


def test_manifests_go_after_their_own_time_and_lineage_stays(lake):
    manifest, event, _ = write_reports(lake, 400)
    clear_reports(str(lake), RetentionSettings(), NOW)
    assert not manifest.exists()
    assert event.exists()


def test_what_a_killed_write_left_goes_after_a_day_and_other_files_stay(lake):
    killed = write(lake, "_runs/gate/r.json.ab12.tmp", "zeppelin", 2)
    living = write(lake, "_runs/gate/s.json.ab12.tmp", "zeppelin", 0.1)
    other = write(lake, "_runs/gate/notes.txt", "no JSON", 40)
    clear_reports(str(lake), RetentionSettings(), NOW)
    assert [file.exists() for file in (killed, living, other)] == [False, True, True]
