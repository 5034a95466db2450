"""No command prints text of documents but through the one terminal, whatever stands in it."""

import ast
import io
import logging
from pathlib import Path

import pytest

from ragline.commands import display
from ragline.commands.display import show_hits
from ragline.contracts.tables import QUARANTINE
from ragline.lake.commits import Commit
from ragline.retrieval.hit import Hit
from ragline.runtime.terminal import Terminal
from tests.commands.command_line import printed_by, printed_by_part
from tests.places import REPOSITORY
from tests.project import Project
from tests.retrieval.examples import table_of

HOSTILE = "[/]x[bold red]y[/nope]\x1b]0;owned\x07\x9b2J\u202egpj.exe\nragline: promote: done"
ACTING = set("\x1b\x07\x9b\u202e\r")

# Where text becomes what a person sees. ``guard`` runs before anything is imported, and says only what it was to start.
THE_TERMINAL = {
    "Console": {"jobs/ragline/runtime/terminal.py"},
    "echo": {"jobs/ragline/commands/running.py"},
    "write": {"jobs/ragline/runtime/guard.py"},
}
READ_MARKUP_THEMSELVES = ("rich.panel", "rich.rule", "rich.prompt", "rich.status", "rich.markdown")


def python_files() -> list[Path]:
    folders = ("jobs/ragline", "deploy/ragline_local", "plugins", "dags")
    return [file for folder in folders for file in sorted((REPOSITORY / folder).rglob("*.py"))]


def ways_to_print(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in ("rich", "rich.console", "rich.markup"):
            found |= {alias.name for alias in node.names} & {"Console", "print", "get_console", "console", "escape", "render"}
        if isinstance(node, ast.ImportFrom) and node.module in READ_MARKUP_THEMSELVES:
            found.add(node.module)
        if isinstance(node, ast.Import) and {alias.name for alias in node.names} & {"rich", "rich.console"}:
            found.add("Console")
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in ("print", "typer.secho", "click.echo", "click.secho", "pprint.pprint"):
                found.add("print")
            elif called == "typer.echo":
                found.add("echo")
            elif called in ("sys.stdout.write", "sys.stderr.write", "os.write"):
                found.add("write")
            if any(word.arg == "markup" and ast.unparse(word.value) == "True" for word in node.keywords):
                found.add("markup")
            if called in ("Text.from_markup", "Text.from_ansi"):
                found.add("markup")
    return found


@pytest.mark.parametrize("file", python_files(), ids=lambda file: str(file.relative_to(REPOSITORY)))
def test_there_is_one_way_to_print(file):
    name = str(file.relative_to(REPOSITORY))
    allowed = {way for way, files in THE_TERMINAL.items() if name in files}
    if name == "jobs/ragline/ingest/extract/sandbox/frames.py":  # a pipe of the parser's process
        allowed.add("write")
    assert ways_to_print(file) <= allowed, "print through commands.running.say or runtime.terminal.Terminal"


def hit(text: str) -> Hit:
    return Hit(1, 1.0, text, "c", "d", text, text, text, text, (0, 1), (text, text), None, text, (text,), "1", "run")


def test_a_hit_shows_its_markup_and_does_nothing(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(display, "Terminal", lambda: Terminal(file=screen, width=200))
    show_hits(HOSTILE, [hit(HOSTILE)])
    printed = screen.getvalue()
    assert printed.count("[/]x[bold red]y[/nope]\\x1b]0;owned\\x07\\x9b2J\\u202egpj.exe ragline: promote: done") >= 3
    assert not ACTING & set(printed)
    assert not [line for line in printed.splitlines() if line.startswith("ragline:")]


@pytest.fixture
def refused(project: Project) -> Project:
    row = {"doc_id": "1" * 16, "source": "docs", "source_id": HOSTILE, "uri": HOSTILE, "reason": "bad_record", "message": HOSTILE}
    project.lake.append(QUARANTINE, table_of(QUARANTINE, [{**row, "stage": "ingest", "deleted": False}]), Commit("q", "test"))
    return project


def test_quarantine_shows_names_as_they_are_and_nothing_acts(refused: Project):
    listed, shown, as_json = (
        printed_by_part(refused, "quarantine", *rest) for rest in (["list"], ["show", "1" * 8], ["list", "--json"])
    )
    assert "[/]x[bold" in "".join(listed.split())
    assert "[/]x[bold red]y[/nope]" in shown
    for printed in (listed, shown, as_json):
        assert not ACTING & set(printed)
        assert not [line for line in printed.splitlines() if line.startswith("ragline:")]


def test_the_last_runs_show_messages_as_they_are(project: Project):
    def work(run: object) -> None:
        logging.getLogger(__name__).info("%s", HOSTILE)
        raise ValueError(HOSTILE)

    project.run("ingest", work)
    printed = printed_by(project, "status")
    assert "ValueError:" in printed and not ACTING & set(printed)
    assert not ACTING & set(printed_by(project, "status", "--json"))
