import os
from pathlib import Path

import pyarrow as pa
import pytest

from ragline.contracts.tables import DOCUMENTS
from ragline.errors import LakeError
from ragline.lake.commits import Commit
from ragline.lake.publications import RELEASE, Publication, last_published, publish
from ragline.maintain.compaction import MANY
from ragline.maintain.job import maintain

DEFAULT_RETENTION = 168


def upkeep(project, retention_hours=DEFAULT_RETENTION):
    return project.run("maintain", lambda run: maintain(run, retention_hours=retention_hours))


def commit_documents(project, number, first=0):
    """So many commits of one document each."""
    for index in range(first, first + number):
        rows = pa.Table.from_pylist([{"doc_id": f"d{index}", "text": "words", "deleted": False}], schema=DOCUMENTS.schema)
        base = project.lake.version(DOCUMENTS)
        project.lake.write(DOCUMENTS, rows, Commit(f"key {index}", "r", {"index": index}, "fp"), base)


def files(project):
    return len(project.lake.open(DOCUMENTS).file_uris())


def ids(project, version=None, since=None):
    return sorted(project.lake.read(DOCUMENTS, version, ["doc_id"], since=since)["doc_id"].to_pylist())


def make_old(project):
    """Let every file of the table look thirty days old."""
    for file in (Path(project.lake.uri) / "documents").rglob("*.parquet"):
        os.utime(file, (file.stat().st_mtime - 30 * 86400,) * 2)


def test_many_small_files_become_one_and_rows_stay_as_they_were(project):
    commit_documents(project, MANY)
    before = project.lake.read(DOCUMENTS).sort_by("doc_id")
    manifest = upkeep(project)
    assert manifest.status == "done", manifest.message
    assert manifest.counts["files compacted"] == MANY
    assert files(project) == 1
    assert project.lake.read(DOCUMENTS).sort_by("doc_id").equals(before)


def test_few_files_are_left_alone(project):
    commit_documents(project, MANY - 1)
    upkeep(project)
    assert files(project) == MANY - 1


def test_commits_are_found_and_changes_told_as_before(project):
    commit_documents(project, MANY)
    upkeep(project)
    assert project.lake.last_commit(DOCUMENTS).version == MANY - 1
    assert project.lake.last_commit(DOCUMENTS).fingerprint == "fp"
    assert project.lake.find_commit(DOCUMENTS, "key 3").inputs == {"index": 3}
    assert ids(project, since=MANY - 3) == [f"d{MANY - 2}", f"d{MANY - 1}"]
    commit_documents(project, 1, first=MANY)
    assert ids(project, since=MANY - 1) == [f"d{MANY}"]


def test_every_version_of_the_retention_can_be_read(project):
    commit_documents(project, MANY)
    publish(project.lake, Publication("documents", 2, "r"))
    upkeep(project)
    assert [len(ids(project, version)) for version in range(MANY)] == list(range(1, MANY + 1))


def test_published_versions_and_those_of_releases_outlive_the_retention(project):
    commit_documents(project, MANY)
    publish(project.lake, Publication("documents", 9, "r"))
    publish(project.lake, Publication("documents", 5, "r"), seen=last_published(project.lake, "documents"))
    publish(project.lake, Publication(RELEASE, 1, "r", inputs={"documents": 2, "chunks": 7}))
    publish(project.lake, Publication(RELEASE, 2, "r", inputs={"documents": 3}))
    upkeep(project)
    manifest = upkeep(project, retention_hours=0)
    assert manifest.counts["files removed"] == MANY  # the compacted file holds the rows of all versions that are read
    assert [len(ids(project, version)) for version in (2, 3, 5)] == [3, 4, 6]
    assert ids(project, 5, since=3) == ["d4", "d5"]
    assert len(ids(project)) == MANY
    with pytest.raises(
        LakeError, match="Version 9 of table documents .* has expired: 'ragline maintain' removed its files at 20"
    ):
        ids(project, 9)


def test_files_that_no_commit_names_stay_for_the_retention(project):
    commit_documents(project, 1)
    fresh = Path(project.lake.uri) / "documents" / "part-of-a-running-job.parquet"
    fresh.write_bytes(b"x")
    upkeep(project)
    assert fresh.exists()
    make_old(project)
    upkeep(project)
    assert not fresh.exists()
    assert ids(project) == ["d0"]


def test_a_second_run_has_nothing_to_do(project):
    commit_documents(project, MANY)
    upkeep(project)
    version = project.lake.version(DOCUMENTS)
    assert upkeep(project).status == "nothing_to_do"
    assert project.lake.version(DOCUMENTS) == version


def test_an_empty_lake_has_nothing_to_do(project):
    assert upkeep(project).status == "nothing_to_do"


def test_staging_of_a_killed_job_goes_and_that_of_a_running_one_stays(project):
    staging = Path(project.lake.uri) / "_staging"
    for name in ("release-old", "release-running"):
        (staging / name).mkdir(parents=True)
        (staging / name / "index.faiss").write_bytes(b"x")
    for path in (staging / "release-old" / "index.faiss", staging / "release-old", staging / "release-running"):
        os.utime(path, (path.stat().st_mtime - 2 * 86400,) * 2)
    assert upkeep(project).counts["staging folders removed"] == 1
    assert [entry.name for entry in staging.iterdir()] == ["release-running"]
