"""The README is executed: a newcomer's copy of the project, its commands, in its order."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.places import REPOSITORY

README = (REPOSITORY / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
SHELL = [block for language, block in BLOCKS if language == "sh"]
(PIPELINE,) = [block for language, block in BLOCKS if language == "yaml"]

pytestmark = [pytest.mark.readme, pytest.mark.timeout(1200)]


# The demo's corpus, made smaller through the environment: what takes minutes is only embedding more of the same.
# What answers the demo's three questions is in it.
DEMO = yaml.safe_load((REPOSITORY / "conf" / "pipelines" / "packages.yaml").read_text())
SMALLER = {"RAGLINE__SOURCES": json.dumps([{**DEMO["sources"][0], "include": ["rensa", "rich", "tantivy", "tenacity", "typer"]}])}


def run(command: str, folder: Path, **variables: str) -> str:
    """Run a README command in a folder, as a newcomer's shell with ``.venv/bin`` on its path would."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("RAGLINE", "AIRFLOW", "VIRTUAL_ENV"))
    }
    environment |= variables
    environment["PATH"] = f"{folder / '.venv' / 'bin'}:{environment['PATH']}"
    result = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    assert result.returncode == 0, f"{command}\n{result.stdout[-4000:]}\n{result.stderr[-4000:]}"
    return result.stdout + result.stderr


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git would hand out; set-up has been run, or these tests would not be."""
    folder = tmp_path_factory.mktemp("newcomer") / "ragline"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    return folder


def test_the_commands_are_where_this_test_expects_them():
    assert SHELL[0].strip() == "make demo"
    assert SHELL[1].strip() == "make test"
    assert all(line.startswith("ragline ") for line in SHELL[2].splitlines())


def test_make_demo_ends_on_a_promoted_release_and_finds_passages(newcomer):
    shown = run("make demo", newcomer, **SMALLER)
    assert "Release 1 of packages serves now" in shown
    for answer in ("site/typer", "site/tenacity", "site/rensa"):
        assert answer in shown
    assert "packages.ingest_corpus" in shown
    assert "make up" in shown


def test_one_s_own_folder_becomes_searchable_line_by_line(newcomer):
    (newcomer / "conf/pipelines/handbook.yaml").write_text(PIPELINE)
    shown = {line: run(line, newcomer) for line in SHELL[2].splitlines()}
    found = next(text for line, text in shown.items() if " search " in line)
    assert "0002-append-only-tables.md" in found
    assert "champion" in next(text for line, text in shown.items() if " releases " in line)


def test_continuous_integration_runs_the_readme_s_test_command():
    assert SHELL[1].strip() in (REPOSITORY / ".ci/run").read_text().splitlines()
