"""``ragline releases``: list them, check their files, and build a damaged one again."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.filesize import decimal

from ragline.commands.options import Config, Json, Overrides, RunId
from ragline.commands.running import load, print_json, run_job, say
from ragline.errors import EXIT_FAILED, ConfigError, RegistryError

if TYPE_CHECKING:
    from ragline.config.settings import Settings
    from ragline.registry.verification import Verification
    from ragline.runtime.run import Run

app = typer.Typer(help="List the releases; check their files; make a damaged one whole again.")

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


@app.command()
def verify(
    release: Annotated[str | None, typer.Argument(help="Alias or number; default: every release that has an alias.")] = None,
    config: Config = None,
    overrides: Overrides = None,
    every: Annotated[bool, typer.Option("--all", help="Every release.")] = False,
    json: Json = False,
) -> None:
    """Check every file of a release by its checksum; exit code 1 if one is damaged or missing."""
    if release is not None and every:
        raise ConfigError("Name a release or give --all, not both.")
    settings = load(config, overrides)
    found = _verified(settings, release, every=every)
    if json:
        print_json([verification.described() for verification in found])
    else:
        for verification in found:
            say(_in_words(verification))
    if not all(verification.is_whole for verification in found):
        raise typer.Exit(EXIT_FAILED)


def _verified(settings: "Settings", release: str | None, *, every: bool) -> "list[Verification]":
    from ragline.registry.without_mlflow import no_release_yet, registry_is_empty

    if registry_is_empty(settings):
        raise no_release_yet(settings)
    from ragline.registry import releases as registry
    from ragline.registry.tracking import connect
    from ragline.registry.verification import verify_release

    client = connect(settings)
    if release is not None:
        chosen = [registry.find_release(client, settings, release)]
    else:
        chosen = [found for found in registry.releases(client, settings) if every or found.aliases]
    if not chosen:
        raise RegistryError("No release has an alias: name one, or give --all.")
    return [verify_release(client, settings, found) for found in chosen]


def _in_words(found: "Verification") -> str:
    if found.expired:
        return f"Release {found.release}: {found.expired}"
    if found.is_whole:
        return f"Release {found.release}: all {found.files:,} files are as they were built ({decimal(found.bytes)})."
    lines = [f"Release {found.release}: {len(found.damage):,} files are damaged or missing."]
    lines += [f"  {name}: {what}" for name, what in found.damage.items()]
    return "\n".join([*lines, f"  To make it whole: ragline releases rebuild {found.release}"])


def registered_releases(settings: "Settings") -> list[Any]:
    """Every release, newest first. Without a registry there is none, and MLflow, which takes seconds, is not imported."""
    from ragline.registry.without_mlflow import registry_is_empty

    if registry_is_empty(settings):
        return []
    from ragline.registry import releases as registry
    from ragline.registry.tracking import connect

    return registry.releases(connect(settings), settings)
