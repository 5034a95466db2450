"""A job that is told to end: by a person who stops its task, or because its time is up."""

import os
import signal
import time
from pathlib import Path

from ragline.contracts.run_manifest import run_manifest_uri
from ragline.runtime.run import Run
from tests.project import Project


def test_a_job_that_is_told_to_end_leaves_its_manifest(project: Project) -> None:
    def told_to_end(run: Run) -> None:
        run.count("documents", 3)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)  # not reached

    before = signal.getsignal(signal.SIGTERM)
    manifest = project.run("maintain", told_to_end, run_id="r1")

    assert (manifest.status, manifest.counts) == ("failed", {"documents": 3})
    assert "told to end" in manifest.message
    assert Path(run_manifest_uri(project.settings().lake.uri, "maintain", "r1")).exists()
    assert signal.getsignal(signal.SIGTERM) is before
