"""What needs no work is answered without the libraries that the work needs, and so within a second or two."""

import os
import resource
import shutil
import subprocess
import sys

import pytest

from ragline.errors import EXIT_DONE, EXIT_NOTHING_TO_DO
from ragline.registry.tracking import connect
from tests.compatibility.kept_project import ARCHIVES, restore_registry, unpack

HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "pyspark",
    "great_expectations",
    "mlflow",
    "faiss",
    "tantivy",
)
# Generous: about a second of it is used, on a machine that is busy with other tests too.
MOST_CPU_SECONDS = 3.0
RUN = f"""
import sys
from ragline.cli import main
try:
    main()
finally:
    print("heavy:", *sorted(set(sys.modules) & set({HEAVY!r})), flush=True)
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory, empty_registry):
    """A project in which every stage has done its work."""
    settings = unpack(ARCHIVES[-1], tmp_path_factory.mktemp("kept") / "project")
    shutil.copyfile(empty_registry, settings.root / ".ragline" / "mlflow.db")
    restore_registry(connect(settings), settings)
    return settings


def answer(arguments, root):
    """Exit code, heavy modules and CPU seconds of a command in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    env = {**os.environ, "RAGLINE_HOME": str(root), "RAGLINE_CONFIG": "handbook"}
    done = subprocess.run([sys.executable, "-c", RUN, *arguments], env=env, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    heavy = next((line.split()[1:] for line in done.stdout.splitlines() if line.startswith("heavy:")), None)
    assert heavy is not None, done.stderr[-2000:]
    return done.returncode, heavy, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize(
    "command",
    [
        "ingest",
        "gate documents",
        "preprocess",
        "gate chunks",
        "embed",
        "gate embeddings",
        "index",
        "feedback collect",
        "gate feedback",
        "feedback pairs",
        "finetune",
    ],
)
def test_nothing_to_do_is_said_without_heavy_libraries(kept, command):
    answer(command.split(), kept.root)  # the first command of a lake brings its tables up to date
    code, heavy, seconds = answer(command.split(), kept.root)
    assert (code, heavy) == (EXIT_NOTHING_TO_DO, [])
    assert seconds < MOST_CPU_SECONDS


@pytest.mark.parametrize("command", ["--help", "ingest --help", "evaluate --help", "search --help", "chunking compare --help"])
def test_help_is_said_without_heavy_libraries(kept, command):
    code, heavy, seconds = answer(command.split(), kept.root)
    assert (code, heavy) == (EXIT_DONE, [])
    assert seconds < MOST_CPU_SECONDS
