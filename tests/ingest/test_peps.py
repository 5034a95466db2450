"""Two states of a real corpus, 400 commits apart."""

import filecmp
import shutil
import tarfile

import pytest

from ragline.contracts.tables import DOCUMENTS
from ragline.ingest.job import Scope, ingest

pytestmark = [pytest.mark.shared_data, pytest.mark.spark, pytest.mark.timeout(600)]


@pytest.fixture
def states(shared_data, tmp_path):
    """The Python Enhancement Proposals before and after."""
    folders = []
    for name in ("1-before", "2-after"):
        with tarfile.open(shared_data / "peps" / f"{name}.tar.gz") as archive:
            archive.extractall(tmp_path / name, filter="data")
        folders.append(tmp_path / name)
    return folders


def test_what_is_reported_is_what_a_comparison_of_the_folders_says(project, states, spark):
    before, after = states
    compared = compare(before, after)
    place = project.root / "peps"

    def run_ingest(state, run_id):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(state, place)
        source = {"name": "peps", "type": "folder", "uri": "peps", "include": ["*.rst"]}
        project.configure(sources=[source])
        return project.run("ingest", lambda run: ingest(run, Scope()), "spark.driver_memory=1g", run_id=run_id)

    first = run_ingest(before, "before")
    assert first.counts["new"] + first.counts["quarantined"] == len(list(before.rglob("*.rst")))
    second = run_ingest(after, "after")
    told = {name: second.counts[name] for name in ("new", "changed", "moved", "deleted", "quarantined")}
    assert told == {**compared, "moved": 0, "quarantined": first.counts["quarantined"]}

    texts = {row["source_id"]: row for row in project.lake.read(DOCUMENTS).to_pylist()}
    gone = sorted(after.rglob("*.rst"))[::37][:20]
    for file in gone:
        file.unlink()
    third = run_ingest(after, "deleted")
    assert third.counts["deleted"] == 20
    left = set(project.lake.read(DOCUMENTS, columns=["source_id"])["source_id"].to_pylist())
    assert set(texts) - left == {file.relative_to(after).as_posix() for file in gone}


def compare(before, after):
    """New, changed and deleted files, by their bytes: what ``diff -rq`` lists."""
    old, new = ({file.relative_to(root) for file in root.rglob("*.rst")} for root in (before, after))
    changed = [name for name in old & new if not filecmp.cmp(before / name, after / name, shallow=False)]
    return {"new": len(new - old), "changed": len(changed), "deleted": len(old - new)}
