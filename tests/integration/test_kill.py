"""kill -9 at the points where it could hurt, run again: the same result as an undisturbed line."""

import signal
from pathlib import Path

import numpy as np
import pytest

from tests.integration.kill_at import run_killed
from tests.integration.line import STEPS, run_line, run_step, vectors, what_counts
from tests.project import Project, write_small_model

LAKE = "ragline.lake.lake:Lake"

# Command -> the calls at which it is killed, one attempt after the other, before it is left to finish.
KILLS = {
    "ingest": [f"{LAKE}.write_files before 1", f"{LAKE}.write_files after 1", f"{LAKE}.write_files after 2"],
    "gate documents": ["ragline.gates.job:publish before 1"],
    "preprocess": [f"{LAKE}.write_files after 1", f"{LAKE}.write_files before 3", f"{LAKE}.write_files after 3"],
    "embed": [f"{LAKE}.write after 1"],
    "index": [
        "ragline.retrieval.bundle_writer:write_bundle after 1",
        "mlflow:MlflowClient.create_model_version before 1",
        "mlflow:MlflowClient.create_model_version after 1",
    ],
    "promote": ["mlflow:MlflowClient.set_registered_model_alias after 1"],
}


def disturbed_corpus(root: Path) -> Project:
    """The fixture corpus with two items that go to quarantine, embedded in small batches by a small model."""
    project = Project(root)
    (project.corpus / "empty.md").write_text("")
    (project.corpus / "latin1.md").write_bytes("Größe".encode("latin-1"))
    write_small_model(project)
    project.configure(embedding={"model": "model", "commit_every": 8}, promotion={"on_unmeasured": "promote"})
    return project


def kill(project: Project, command: str, where: str) -> None:
    """Start a command as a process of its own that ends at a call as by kill -9."""
    target, when, nth = where.split()
    ended = run_killed(target, when, int(nth), [*command.split(), "--config", str(project.config)], seconds=180)
    assert ended == -signal.SIGKILL, f"{command} was not killed at {where}: {ended}"


@pytest.mark.spark
@pytest.mark.timeout(600)
def test_a_line_killed_at_every_stage_ends_as_an_undisturbed_one(tmp_path, spark):
    undisturbed, killed = disturbed_corpus(tmp_path / "a"), disturbed_corpus(tmp_path / "b")
    for command, manifest in run_line(undisturbed).items():
        assert manifest.status == "done", f"{command}: {manifest.message}"
    for step in STEPS:
        for where in KILLS.get(step[1], []):
            kill(killed, step[1], where)
        manifest = run_step(killed, step)
        assert manifest.status in ("done", "nothing_to_do"), f"{step[1]}: {manifest.message}"
    expected, found = what_counts(undisturbed), what_counts(killed)
    for name, value in expected.items():
        assert found[name] == value, name
    assert "champion" in expected["releases"][0][1]
    expected_vectors, found_vectors = vectors(undisturbed), vectors(killed)
    assert all(np.allclose(expected_vectors[text], found_vectors[text], atol=1e-6) for text in expected_vectors)
