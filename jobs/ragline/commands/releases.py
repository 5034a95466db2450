"""``ragline releases``: list them, and build a damaged one again."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragline.commands.options import Config, Json, Overrides, RunId
from ragline.commands.running import load, print_json, run_job, say
from ragline.errors import ConfigError

if TYPE_CHECKING:
    from ragline.config.settings import Settings
    from ragline.runtime.run import Run

app = typer.Typer(help="List the releases; make a damaged one whole again.")

Release = Annotated[str, typer.Argument(help="Alias or number of the release.")]


@app.callback(invoke_without_command=True)
def releases(context: typer.Context, config: Config = None, overrides: Overrides = None, json: Json = False) -> None:
    """List the releases, newest first: aliases, verdicts, metrics, what they were made from."""
    if context.invoked_subcommand is not None:
        if config or overrides or json:
            raise ConfigError(f"Options follow the command: ragline releases {context.invoked_subcommand} … --config PIPELINE.")
        return
    from ragline.registry.overview import describe_release

    settings = load(config, overrides)
    described = [describe_release(release) for release in registered_releases(settings)]
    if json:
        print_json(described)
        return
    from ragline.commands.display import show_releases

    show_releases(settings.pipeline, described)


@app.command()
def rebuild(release: Release, config: Config = None, overrides: Overrides = None, run_id: RunId = None) -> None:
    """Make the damaged or lost bundle of a release again, from the table versions that it was built from."""

    def work(run: "Run") -> None:
        from ragline.registry.without_mlflow import no_release_yet, registry_is_empty

        if registry_is_empty(run.settings):
            raise no_release_yet(run.settings)
        from ragline.index.rebuild import rebuild_release as job

        job(run, release=release)

    _, manifest = run_job("rebuild", config, overrides, run_id, work)
    say(manifest.message)


def registered_releases(settings: "Settings") -> list[Any]:
    """Every release, newest first. Without a registry there is none, and MLflow, which takes seconds, is not imported."""
    from ragline.registry.without_mlflow import registry_is_empty

    if registry_is_empty(settings):
        return []
    from ragline.registry import releases as registry
    from ragline.registry.tracking import connect

    return registry.releases(connect(settings), settings)
