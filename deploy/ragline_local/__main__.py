"""``python -m ragline_local demo | up | down``: the whole line on one machine."""

import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from ragline.commands.running import say
from ragline.config.loader import load_settings
from ragline.config.project import PIPELINES, pipeline_files, project_root
from ragline.config.settings import Settings
from ragline.errors import EXIT_INTERRUPTED, RaglineError
from ragline.runtime.log_lines import log_to_stderr
from ragline.runtime.terminal import Terminal
from ragline_local.java import require_java
from ragline_local.running import Running, find_running, stop_running

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
terminal = Terminal()

DEMO_PIPELINE = "packages"

Config = Annotated[Path | None, typer.Option("--config", "-c", help="Pipeline file or name; default: the demo's, packages.")]
AirflowPort = Annotated[int | None, typer.Option(help="Airflow's port on the loopback interface; default: a free one.")]
MlflowPort = Annotated[int | None, typer.Option(help="MLflow's port on the loopback interface; default: a free one.")]


def main() -> None:
    """Entry point: errors become one sentence and their exit code; an interrupt has stopped everything by then."""
    from ragline_local.background import stop_on_signals

    log_to_stderr(logging.WARNING)
    stop_on_signals()
    try:
        app()
    except RaglineError as error:
        say(f"ragline: {error}", err=True)
        raise SystemExit(error.exit_code) from error
    except SystemExit as end:  # typer makes this of an interrupt
        if end.code == EXIT_INTERRUPTED:
            say("Stopped: nothing that was started still runs.", err=True)
        raise


@app.command()
def demo(config: Config = None, airflow_port: AirflowPort = None) -> None:
    """Start Airflow, run the line once, search what came of it, stop Airflow."""
    from ragline_local.demo import run_line, show_way_on
    from ragline_local.stack import Stack

    settings = _prepare(config)
    if running := find_running(settings.root):
        terminal.print(f"Using the Airflow that runs already at {running.airflow}.")
        raise SystemExit(_run_on(settings, running))
    terminal.print("Starting Airflow …")
    with Stack(settings.root, airflow_port=airflow_port) as stack:
        try:
            code = run_line(settings, stack.rest, terminal, stack.check)
            show_way_on(terminal, settings.root)
        finally:
            terminal.print("Stopping Airflow …")
    raise SystemExit(code)


@app.command()
def up(
    pipeline: Annotated[str | None, typer.Argument(help="A pipeline whose line is run once; default: none.")] = None,
    airflow_port: AirflowPort = None,
    mlflow_port: MlflowPort = None,
) -> None:
    """Start Airflow and MLflow for every pipeline of the project, and leave them running."""
    from ragline_local.background import start_detached

    settings = load_settings(Path(pipeline)) if pipeline else None
    root = settings.root if settings else project_root()
    require_java()
    if running := find_running(root):
        terminal.print("It is already running.")
    else:
        terminal.print("Starting Airflow and MLflow …")
        running = start_detached(root, airflow_port, mlflow_port)
    code = _run_on(settings, running) if settings else 0
    _show_addresses(running)
    if not settings:
        _show_pipelines(root)
    raise SystemExit(code)


@app.command()
def down() -> None:
    """Stop what ``up`` started."""
    stopped = stop_running(project_root())
    terminal.print("Stopped." if stopped else "Nothing was running.")


@app.command(hidden=True)
def serve(airflow_port: AirflowPort = None, mlflow_port: MlflowPort = None) -> None:
    """Hold Airflow and MLflow until told to stop."""
    from ragline_local.background import hold

    hold(project_root(), airflow_port, mlflow_port)


def _prepare(config: Path | None) -> Settings:
    settings = load_settings(config or Path(DEMO_PIPELINE))
    require_java()
    return settings


def _run_on(settings: Settings, running: Running) -> int:
    from ragline_local.demo import run_line
    from ragline_local.rest import AirflowRest

    return run_line(settings, AirflowRest(running.airflow, running.user, running.password), terminal)


def _show_addresses(running: Running) -> None:
    user, password = (running.user, "bold"), (running.password, "bold")
    terminal.print(Text.assemble(f"\nAirflow  {running.airflow}   user ", user, ", password ", password))
    terminal.print(Text.assemble(f"MLflow   {running.mlflow}\n", ("make down", "bold"), " stops them."))


def _show_pipelines(root: Path) -> None:
    if names := [file.stem for file in pipeline_files(root)]:
        dag, command = (f"{names[0]}.ingest_corpus", "bold"), (f"make up PIPELINE={names[0]}", "bold")
        text = Text.assemble(f"\nPipelines: {', '.join(names)}. Trigger ", dag, " in Airflow, or ", command, ".")
        terminal.print(text, soft_wrap=True)
    else:
        terminal.print(
            f"\nThere is no pipeline yet: describe one in {root / PIPELINES}, in a file NAME.yaml (README, Your own documents). "
            "Its DAGs appear in Airflow by themselves.",
            soft_wrap=True,
        )


if __name__ == "__main__":
    main()
