"""Ctrl-C while a source is read."""

import os
import signal
import socket
import subprocess
import sys

from ragline.contracts.tables import DOCUMENTS


def test_an_interrupt_ends_at_once_with_130_and_the_next_run_makes_up_for_it(project):
    folder = {"name": "handbook", "type": "folder", "uri": "corpus"}
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        site = {"name": "site", "type": "website", "url": url, "allow_private": True, "timeout_seconds": 60}
        project.configure(sources=[folder, site])
        command = [sys.executable, "-m", "ragline.cli", "ingest", "--config", str(project.config)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, env={**os.environ}, text=True, start_new_session=True, **pipes) as job:
            silent.accept()  # it asks for the site, and will wait for the answer
            os.killpg(job.pid, signal.SIGINT)
            _, said = job.communicate(timeout=20)
    assert job.returncode == 130
    assert said.splitlines()[-1].startswith("ragline: interrupted. What was not committed yet does not count")
    assert project.lake.version(DOCUMENTS) is None
    project.configure(sources=[folder])
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert project.lake.read(DOCUMENTS, columns=["doc_id"]).num_rows == 12
