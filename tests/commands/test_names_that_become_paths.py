"""Every option of every command that becomes part of a path, with names that lead elsewhere."""

import re
from pathlib import Path
from typing import get_type_hints

import pytest
import typer
from typer.testing import CliRunner

from ragline.cli import app
from ragline.errors import RaglineError
from tests.project import Project

# Of each kind one: all of them are held against ``path_name`` in tests/contracts/test_path_names.py.
HOSTILE_NAMES = ["", "..", "../../x", "/etc/x", "a\x00b", ".", "\uff0e\uff0e\uff0fx", "a" * 5000]

# What becomes of an option's text. A new option has to be entered here, and one under "name" checked by ``path_name``.
OPTIONS = {
    "name": {"run_id", "stage", "commit"},
    "path of the one who asks": {"config", "judgments", "output", "run_file"},
    "one of a list": {"table", "mode", "strategy", "release", "source", "to"},
    "compared or kept as text": {"overrides", "question", "reason", "approved_by", "rejected_by", "item", "doc_id", "document"},
}
# What every job writes below its lake.
BOOKKEEPING = re.compile(r"^\.ragline/handbook/lake/(_lineage|migrations)/")


def texts_of(group: typer.Typer) -> set[str]:
    """The parameters of all commands that take text or a path."""
    functions = [command.callback for command in group.registered_commands if command.callback]
    hints = {name: hint for function in functions for name, hint in get_type_hints(function).items() if name != "return"}
    own = {name for name, hint in hints.items() if re.search("str|Path", str(hint))}
    return own.union(*(texts_of(below.typer_instance) for below in group.registered_groups if below.typer_instance))


def test_it_is_known_of_every_option_what_becomes_of_its_text():
    known = {name for names in OPTIONS.values() for name in names}
    assert texts_of(app) <= known, "enter the option in OPTIONS, and check it by path_name if it becomes part of a path"


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def exit_code_of(*arguments: str) -> int:
    result = CliRunner().invoke(app, list(arguments))
    return result.exception.exit_code if isinstance(result.exception, RaglineError) else result.exit_code


@pytest.fixture
def guarded(project: Project) -> Project:
    """A project whose lake has neighbours, and staged work of another run."""
    lake = Path(project.settings().lake.uri)
    for place in (lake.parent / "x", lake / "x", lake / "_staging" / "x", lake / "_staging" / "ingest" / "other"):
        place.mkdir(parents=True)
        (place / "precious.json").write_text("{}")
    return project


@pytest.mark.parametrize("option", ["--commit", "--stage"])
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_the_name_of_staged_work_leads_nowhere_else(guarded, option, name):
    before = everything_in(guarded.root)
    assert exit_code_of("ingest", "--config", str(guarded.config), "--run-id", "r", option, name) == 2
    after = everything_in(guarded.root)
    assert {file: after.get(file) for file in before} == before
    assert all("_runs/ingest/r.json" in file or BOOKKEEPING.search(file) for file in after.keys() - before.keys())


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_run_id_leads_nowhere_else(guarded, name):
    before = everything_in(guarded.root)
    code = exit_code_of("ingest", "--config", str(guarded.config), "--run-id", name, "--commit", "nothing")
    assert code in (2, 3)
    after = everything_in(guarded.root)
    assert {file: after.get(file) for file in before} == before
    new = [file for file in after.keys() - before.keys() if not BOOKKEEPING.search(file)]
    lake = Path(guarded.settings().lake.uri).relative_to(guarded.root)
    assert [Path(file).parent for file in new] == ([lake / "_runs" / "ingest"] if code == 3 else [])


@pytest.mark.parametrize("name", ["../documents", "documents\x00", "", "published"])
def test_a_table_is_one_of_those_that_have_a_gate(guarded, name):
    before = everything_in(guarded.root)
    assert exit_code_of("gate", name, "--config", str(guarded.config), "--run-id", "r") == 2
    after = everything_in(guarded.root)
    assert all("_runs/gate/r.json" in file or BOOKKEEPING.search(file) for file in after.keys() - before.keys())


def test_staging_and_committing_at_once_is_refused(guarded):
    assert exit_code_of("ingest", "--config", str(guarded.config), "--stage", "a", "--commit", "a") == 2
