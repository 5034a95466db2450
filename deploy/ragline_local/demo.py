"""The line, end to end, through a real Airflow."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.text import Text

from ragline.config.settings import Settings
from ragline.contracts.names import CHAMPION
from ragline.errors import EXIT_DONE, EXIT_FAILED, RegistryError
from ragline.runtime.shown_text import shown
from ragline.runtime.terminal import Terminal
from ragline_local.airflow_settings import Place
from ragline_local.display import show_progress
from ragline_local.line import Line, TaskView
from ragline_local.logs import last_progress
from ragline_local.report import show_failure, show_outcome
from ragline_local.rest import AirflowRest, wait_until
from ragline_local.showcase import show_searches

DAGS_SECONDS = 120.0


def run_line(settings: Settings, rest: AirflowRest, terminal: Terminal, check: Callable[[], None] | None = None) -> int:
    """Trigger ``ingest_corpus``, follow the assets until nothing moves, search the champion; the exit code."""
    line = Line(rest, settings.pipeline, since=datetime.now(UTC))
    wait_until(line.are_dags_there, DAGS_SECONDS, f"the DAGs of {settings.pipeline}; import errors: {rest.import_errors()}")
    line.start({"sources": [], "full_refresh": False})
    place = Place.of(settings.root)

    def progress_of(task: TaskView) -> str:
        return last_progress(task.log_in(place))

    view = show_progress(line.follow(check=check), terminal, progress_of)
    for task in view.failed:
        show_failure(task, place, terminal)
    show_outcome(view, terminal)
    if view.failed:
        return EXIT_FAILED
    try:
        show_searches(settings, terminal)
    except RegistryError as error:
        terminal.print(f"\nThere is no {CHAMPION} to search yet: {shown(error)}")
    return EXIT_DONE


def show_way_on(terminal: Terminal, root: Path) -> None:
    """How to look closer."""
    up, down = ("\nmake up", "bold"), ("make down", "bold")
    terminal.print(Text.assemble(up, " leaves Airflow and MLflow open and prints their addresses; ", down, " stops them."))
    terminal.print(f"Everything that was made is in {root / '.ragline'}.")
