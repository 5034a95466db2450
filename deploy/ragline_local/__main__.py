"""``python -m ragline_local demo | up | down``: the whole line on one machine."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ragline.config.loader import load_settings
from ragline.config.project import PIPELINES, pipeline_files, project_root
from ragline.config.settings import Settings
from ragline.errors import EXIT_INTERRUPTED, RaglineError
from ragline_local.java import require_java
from ragline_local.running import Running, find_running, stop_running

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
console = Console()

DEMO_PIPELINE = "packages"

Config = Annotated[Path | None, typer.Option("--config", "-c", help="Pipeline file or name; default: the demo's, packages.")]
AirflowPort = Annotated[int | None, typer.Option(help="Airflow's port on the loopback interface; default: a free one.")]
MlflowPort = Annotated[int | None, typer.Option(help="MLflow's port on the loopback interface; default: a free one.")]


def main() -> None:
    """Entry point: errors become one sentence and their exit code; an interrupt has stopped everything by then."""
    from ragline_local.background import stop_on_signals

    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    stop_on_signals()
    try:
        app()
    except RaglineError as error:
        typer.echo(f"ragline: {error}", err=True)
        raise SystemExit(error.exit_code) from error
    except SystemExit as end:  # typer makes this of an interrupt
        if end.code == EXIT_INTERRUPTED:
            typer.echo("Stopped: nothing that was started still runs.", err=True)
        raise


@app.command()
def demo(config: Config = None, airflow_port: AirflowPort = None) -> None:
    """Start Airflow, run the line once, search what came of it, stop Airflow."""
    from ragline_local.demo import run_line, show_way_on
    from ragline_local.stack import Stack

    settings = _prepare(config)
    if running := find_running(settings.root):
        console.print(f"Using the Airflow that runs already at {running.airflow}.", highlight=False)
        raise SystemExit(_run_on(settings, running))
    console.print("Starting Airflow …")
    with Stack(settings.root, airflow_port=airflow_port) as stack:
        try:
            code = run_line(settings, stack.rest, console, stack.check)
            show_way_on(console, settings.root)
        finally:
            console.print("Stopping Airflow …")
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
        console.print("It is already running.")
    else:
        console.print("Starting Airflow and MLflow …")
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
    console.print("Stopped." if stopped else "Nothing was running.")


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

    return run_line(settings, AirflowRest(running.airflow, running.user, running.password), console)


def _show_addresses(running: Running) -> None:
    console.print(
        f"\nAirflow  {running.airflow}   user [bold]{running.user}[/], password [bold]{running.password}[/]\n"
        f"MLflow   {running.mlflow}\n[bold]make down[/] stops them.",
        highlight=False,
    )


def _show_pipelines(root: Path) -> None:
    if names := [file.stem for file in pipeline_files(root)]:
        console.print(
            f"\nPipelines: {', '.join(names)}. Trigger [bold]{names[0]}.ingest_corpus[/] in Airflow, "
            f"or [bold]make up PIPELINE={names[0]}[/].",
            highlight=False,
            soft_wrap=True,
        )
    else:
        console.print(
            f"\nThere is no pipeline yet: describe one in {root / PIPELINES}, in a file NAME.yaml (README, Your own documents). "
            "Its DAGs appear in Airflow by themselves.",
            highlight=False,
            soft_wrap=True,
        )


if __name__ == "__main__":
    main()
