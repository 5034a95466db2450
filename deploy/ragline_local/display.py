"""Show a line as it moves: a live table on a terminal; elsewhere a line for each change, and now and then for what goes on."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from time import monotonic

from rich.live import Live
from rich.table import Table
from rich.text import Text

from ragline.runtime.shown_text import shown
from ragline.runtime.terminal import Terminal
from ragline_local.line import LineView, TaskView

_COLOURS = {"success": "green", "failed": "red", "skipped": "bright_black", "running": "cyan", "upstream_failed": "red"}
_WORDS = {"skipped": "nothing to do", "none": "waits", "deferred": "waits for a person", "awaiting_input": "waits for a person"}

_NOT_BEGUN = ("none", "scheduled", "queued")
SAY_EVERY_SECONDS = 30.0


def show_progress(
    views: Iterable[LineView], terminal: Terminal, progress_of: Callable[[TaskView], str] = lambda task: ""
) -> LineView:
    """Show each view; return the last. ``progress_of`` says how far a running task has come, where it can be known."""
    started = monotonic()
    show = _table_updater(terminal, started) if terminal.is_terminal else _line_printer(terminal, started, progress_of)
    last = None
    with show[0]:
        for last in views:
            show[1](last)
    if last is None:
        raise ValueError("There was no view to show.")
    return last


Updater = tuple["Live | nullcontext[None]", Callable[[LineView], None]]


def _table_updater(terminal: Terminal, started: float) -> Updater:
    live = Live(console=terminal, refresh_per_second=4)
    return live, lambda view: live.update(_table(view, monotonic() - started))


def _line_printer(terminal: Terminal, started: float, progress_of: Callable[[TaskView], str]) -> Updater:
    said: dict[tuple[str, str, str], tuple[str, float]] = {}  # of a task: the state that was printed last, and when

    def show(view: LineView) -> None:
        now = monotonic()
        for task in view.tasks:
            key = (task.dag_id, task.run_id, task.name)
            state, when = said.get(key, ("", now))
            due = task.state == "running" and now - when >= SAY_EVERY_SECONDS
            if task.state in _NOT_BEGUN or (task.state == state and not due):
                continue
            said[key] = (task.state, now)
            detail = progress_of(task) if task.state == state else told(task)
            text = f"{now - started:6.1f} s  {task.dag_id}  {task.name}: {word(task)}{_duration(task)}  {detail}"
            terminal.print(shown(text).rstrip(), soft_wrap=True)

    return nullcontext(), show


def _table(view: LineView, elapsed: float) -> Table:
    """A row a task, so that those at work are not pushed off the terminal; what does not fit is cut until all is done."""
    pipeline = next((task.dag_id.partition(".")[0] for task in view.tasks), "")
    table = Table(title=f"{pipeline} {elapsed:.0f} s".strip(), box=None, title_justify="left")
    for heading in ("DAG", "task", "state", "seconds"):
        table.add_column(heading, no_wrap=True, justify="right" if heading == "seconds" else "left")
    table.add_column("what it did")
    before = ""
    for task in view.tasks:
        colour = _COLOURS.get(task.state, "white")
        name = task.dag_id.partition(".")[2] if task.dag_id != before else ""
        seconds = "" if task.seconds is None else f"{task.seconds:.1f}"
        did = Text(shown(told(task)), no_wrap=not view.settled, overflow="fold" if view.settled else "ellipsis")
        table.add_row(name, shown(task.name), Text(word(task), colour), seconds, did)
        before = task.dag_id
    return table


def word(task: TaskView) -> str:
    """The task's state in plain words."""
    return _WORDS.get(task.state, task.state)


def told(task: TaskView) -> str:
    """What the task's manifest says: its message, else its counts."""
    manifest = task.manifest
    if manifest is None:
        return ""
    return manifest.message or ", ".join(f"{number:,} {what}" for what, number in _together(manifest.counts).items() if number)


def _together(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts, those of the kinds of personal data as one."""
    summed: dict[str, int] = {}
    for name, number in counts.items():
        what = "personal data" if name.startswith("personal_data_") else name
        summed[what] = summed.get(what, 0) + number
    return summed


def _duration(task: TaskView) -> str:
    return "" if task.seconds is None else f" ({task.seconds:.1f} s)"
