"""Preprocess as a process of its own, so that each run has a Spark of its own."""

import subprocess
import sys

from tests.project import Project


def preprocess_apart(project: Project, *settings: str) -> None:
    """``ragline preprocess --full-refresh`` with these settings, to its end."""
    options = [part for setting in settings for part in ("--set", setting)]
    command = [sys.executable, "-m", "ragline.cli", "preprocess", "--full-refresh", "--config", str(project.config), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
