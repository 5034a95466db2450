"""The command line: ``ragline <job> [--config PIPELINE.yaml] [--set key=value …] [--run-id ID]``.

Nothing heavy is imported before a command needs it, so that ``--help`` answers at once.
"""

import logging
import os
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragline.errors import MissingInput, RaglineError, StaleVerdict

if TYPE_CHECKING:
    from rich.tree import Tree

    from ragline.runtime.lineage_walk import Origin
    from ragline.runtime.run import Run
    from ragline.runtime.settings import Settings

app = typer.Typer(
    name="ragline",
    help="From documents to evaluated, versioned, searchable releases.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
feedback_app = typer.Typer(no_args_is_help=True, help="Take in what users did, and make training pairs of it.")
app.add_typer(feedback_app, name="feedback")
quarantine_app = typer.Typer(no_args_is_help=True, help="See what could not be taken in, and try it again.")
app.add_typer(quarantine_app, name="quarantine")
chunking_app = typer.Typer(no_args_is_help=True, help="Find out how documents are best cut into chunks.")
app.add_typer(chunking_app, name="chunking")

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Pipeline file or name; default: RAGLINE_CONFIG, or the project's only pipeline."),
]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="Override one setting: key=value. Repeat for more.")]
RunId = Annotated[str | None, typer.Option("--run-id", help="Names the run manifest; default: the time and a random part.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def main() -> None:
    """Entry point: errors that Ragline raises on purpose become one sentence and their exit code."""
    logging.basicConfig(level=os.environ.get("RAGLINE_LOG_LEVEL", "INFO"), format="%(message)s", stream=sys.stderr)
    for noisy in ("py4j", "httpx", "urllib3", "alembic", "openlineage"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        app()
    except RaglineError as error:
        typer.echo(f"ragline: {error}", err=True)
        raise SystemExit(error.exit_code) from error


def _settings(config: Path | None, overrides: list[str] | None) -> "Settings":
    from ragline.runtime.config import load_settings

    return load_settings(config, overrides or [])


def _run(
    job: str, config: Path | None, overrides: list[str] | None, run_id: str | None, work: "Callable[[Run], None]"
) -> "tuple[Settings, Any]":
    """Load the settings, run one job, and leave with its exit code unless it succeeded."""
    from ragline.contracts.names import safe_run_id
    from ragline.runtime.run import execute, exit_code

    settings = _settings(config, overrides)
    name = safe_run_id(run_id or f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}")
    manifest = execute(job, settings, name, work)
    if code := exit_code(manifest):
        raise typer.Exit(code)
    summary = ", ".join(f"{number:,} {what}" for what, number in manifest.counts.items())
    typer.echo(f"{job}: done in {manifest.wall_seconds:.1f} s" + (f": {summary}" if summary else ""), err=True)
    return settings, manifest


@app.command()
def ingest(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source. Repeat for more.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="At most so many items of each source; deletes nothing.")] = None,
    full_refresh: Annotated[bool, typer.Option(help="Read every item again, changed or not.")] = False,
    allow_mass_delete: Annotated[bool, typer.Option(help="Delete however many documents are missing in the sources.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Say what would happen and what it would cost; write nothing.")] = False,
    json: Json = False,
    stage: Annotated[str | None, typer.Option(help="Only stage one source, under this name, for --commit.")] = None,
    commit: Annotated[str | None, typer.Option(help="Only commit what was staged under this name.")] = None,
) -> None:
    """Read the sources; write what is new, changed or deleted to the documents table."""
    if dry_run:
        from ragline.ingest.dry_run import dry_run_command

        dry_run_command(_settings(config, overrides), source or None, sample, full_refresh=full_refresh, as_json=json)
        return

    def work(run: "Run") -> None:
        from ragline.ingest.job import Scope, commit_staged, stage_source
        from ragline.ingest.job import ingest as job
        from ragline.ingest.stage import Look

        scope = Scope(source or None, Look(sample, full_refresh, allow_mass_delete))
        if stage:
            stage_source(run, scope, stage)
        elif commit:
            commit_staged(run, scope, commit)
        else:
            job(run, scope)

    _run("ingest", config, overrides, run_id, work)


Reason = Annotated[str | None, typer.Option(help="Only what was refused for this reason.")]
OnlySource = Annotated[str | None, typer.Option("--source", help="Only what came from this source.")]


@quarantine_app.command("list")
def quarantine_list(
    config: Config = None, overrides: Overrides = None, reason: Reason = None, source: OnlySource = None, json: Json = False
) -> None:
    """List what is in quarantine, with the reason for each."""
    from ragline.ingest.quarantine import list_command

    list_command(_settings(config, overrides), reason, source, as_json=json)


@quarantine_app.command("show")
def quarantine_show(
    item: Annotated[str, typer.Argument(help="The item's id at its source, its URI, or how its document id begins.")],
    config: Config = None,
    overrides: Overrides = None,
) -> None:
    """Show all that is known of one item in quarantine."""
    from ragline.ingest.quarantine import show_command

    show_command(_settings(config, overrides), item)


@quarantine_app.command("retry")
def quarantine_retry(
    config: Config = None, overrides: Overrides = None, run_id: RunId = None, reason: Reason = None, source: OnlySource = None
) -> None:
    """Read refused items again, now, whether or not anything changed."""

    def work(run: "Run") -> None:
        from ragline.ingest.quarantine import retry

        retry(run, reason, source)

    _run("ingest", config, overrides, run_id, work)


@app.command()
def preprocess(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    documents_version: Annotated[int | None, typer.Option(help="A published version; default: the last one.")] = None,
    full_refresh: Annotated[bool, typer.Option(help="Process every document again.")] = False,
) -> None:
    """Clean, deduplicate and chunk the published documents, in Spark."""

    def work(run: "Run") -> None:
        from ragline.preprocess.job import preprocess as job

        job(run, documents_version=documents_version, full_refresh=full_refresh)

    _run("preprocess", config, overrides, run_id, work)


@chunking_app.command("compare")
def compare_chunking(
    judgments: Annotated[
        Path, typer.Option(help="Folder with texts (NAME.md) and questions_df.csv, as chunking_evaluation has.")
    ],
    config: Config = None,
    overrides: Overrides = None,
    strategy: Annotated[list[str] | None, typer.Option(help="Only this strategy. Repeat for more; default: all.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Also write the table, with each text's, to this .md or .json file.")
    ] = None,
) -> None:
    """Measure strategies of chunking by the text that is retrieved of your own corpus; writes nothing to the lake."""
    from ragline.preprocess.comparison.compare import compare_command

    compare_command(_settings(config, overrides), judgments, strategy or [], output)


@app.command()
def gate(
    table: Annotated[str, typer.Argument(help="documents, chunks, embeddings or feedback")],
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
) -> None:
    """Check a table's newest version against its suite; publish it when it passes."""

    def work(run: "Run") -> None:
        from ragline.quality.job import gate as job

        job(run, table)

    _run("gate", config, overrides, run_id, work)


@app.command()
def embed(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    chunks_version: Annotated[int | None, typer.Option(help="A published version; default: the last one.")] = None,
    embedder_version: Annotated[int | None, typer.Option(help="A registered embedder; default: the champion's.")] = None,
) -> None:
    """Embed the texts of the published chunks that have no vector yet."""

    def work(run: "Run") -> None:
        from ragline.embed.job import embed as job

        job(run, chunks_version=chunks_version, embedder_version=embedder_version)

    _run("embed", config, overrides, run_id, work)


@app.command()
def index(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    chunks_version: Annotated[int | None, typer.Option(help="A published version; default: the last one.")] = None,
    embedder_version: Annotated[int | None, typer.Option(help="A registered embedder; default: the champion's.")] = None,
) -> None:
    """Build the vector and the lexical index, bundle them, register a release."""

    def work(run: "Run") -> None:
        from ragline.index.job import build_release as job

        job(run, chunks_version=chunks_version, embedder_version=embedder_version)

    _run("index", config, overrides, run_id, work)


@app.command()
def evaluate(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    release: Annotated[str | None, typer.Option(help="Alias or version; default: the newest release.")] = None,
    judgments: Annotated[Path | None, typer.Option(help="BEIR folder to judge by, instead of the configured one.")] = None,
    run_file: Annotated[Path | None, typer.Option(help="Also write the ranking as a TREC run to this file.")] = None,
) -> None:
    """Measure a release against the champion on the pipeline's judgments."""

    def work(run: "Run") -> None:
        from ragline.evaluate.job import evaluate as job

        job(run, release=release, judgments=judgments, run_file=run_file)

    _run("evaluate", config, overrides, run_id, work)


@app.command()
def promote(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    release: Annotated[str | None, typer.Option(help="Alias or version; default: the newest release.")] = None,
    approved_by: Annotated[str | None, typer.Option(help="Who decided to promote it although the verdict asks.")] = None,
) -> None:
    """Make a release the champion if its verdict allows it."""

    def work(run: "Run") -> None:
        from ragline.evaluate.job import evaluate as evaluate_job
        from ragline.promote.job import promote as job

        try:
            job(run, release=release, approved_by=approved_by)
        except StaleVerdict as stale:
            logging.getLogger(__name__).info("%s Evaluating again.", stale)
            evaluate_job(run, release=release, judgments=None, run_file=None)
            job(run, release=release, approved_by=approved_by)

    _, manifest = _run("promote", config, overrides, run_id, work)
    typer.echo(manifest.message)


@app.command()
def rollback(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit table.")] = "rolled back by hand",
) -> None:
    """Put the previous champion back."""

    def work(run: "Run") -> None:
        from ragline.promote.job import rollback as job

        job(run, reason=reason)

    _, manifest = _run("rollback", config, overrides, run_id, work)
    typer.echo(manifest.message)


@app.command()
def finetune(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    force: Annotated[bool, typer.Option(help="Train even if there are fewer new pairs than feedback.min_new_pairs.")] = False,
) -> None:
    """Train the embedder on the training pairs and the corpus; register it."""

    def work(run: "Run") -> None:
        from ragline.finetune.job import finetune as job

        job(run, force=force)

    _run("finetune", config, overrides, run_id, work)


@app.command()
def maintain(
    config: Config = None,
    overrides: Overrides = None,
    run_id: RunId = None,
    retention_hours: Annotated[int, typer.Option(min=0, help="Keep files that versions this young still need.")] = 168,
) -> None:
    """Compact the lake's tables, write checkpoints, remove what no kept version needs."""

    def work(run: "Run") -> None:
        from ragline.maintain.job import maintain as job

        job(run, retention_hours=retention_hours)

    _run("maintain", config, overrides, run_id, work)


@feedback_app.command("collect")
def collect_feedback(config: Config = None, overrides: Overrides = None, run_id: RunId = None) -> None:
    """Take new events from the landing folder into the feedback table."""

    def work(run: "Run") -> None:
        from ragline.feedback.job import collect as job

        job(run)

    _run("feedback", config, overrides, run_id, work)


@feedback_app.command("pairs")
def make_pairs(config: Config = None, overrides: Overrides = None, run_id: RunId = None) -> None:
    """Make training pairs of the published feedback."""

    def work(run: "Run") -> None:
        from ragline.feedback.job import make_pairs as job

        job(run)

    _run("pairs", config, overrides, run_id, work)


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    config: Config = None,
    overrides: Overrides = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 5,
    mode: Annotated[str, typer.Option(help="fused, dense or lexical")] = "fused",
    release: Annotated[str, typer.Option(help="Alias or version.")] = "champion",
    json: Json = False,
) -> None:
    """Search a release; every hit says where it came from."""
    from ragline.release.command import search_command

    search_command(_settings(config, overrides), question, k=k, mode=mode, release=release, as_json=json)


@app.command()
def releases(config: Config = None, overrides: Overrides = None, json: Json = False) -> None:
    """List the releases, newest first: aliases, verdicts, metrics, what they were made from."""
    from ragline.release.command import releases_command

    releases_command(_settings(config, overrides), as_json=json)


@app.command()
def status(config: Config = None, overrides: Overrides = None, json: Json = False) -> None:
    """Say what is in the lake, what is published, what serves, and how the last runs ended."""
    from ragline.release.command import status_command

    status_command(_settings(config, overrides), as_json=json)


@app.command()
def lineage(
    version: Annotated[int, typer.Argument(min=1, help="Number of the release.")],
    config: Config = None,
    overrides: Overrides = None,
) -> None:
    """Walk a release back to its sources, by the OpenLineage events under the lake."""
    from rich.console import Console

    from ragline.contracts.names import retriever_name
    from ragline.runtime.lineage import read_events
    from ragline.runtime.lineage_walk import DatasetVersion, walk_back

    settings = _settings(config, overrides)
    release = DatasetVersion(settings.tracking.uri, retriever_name(settings.pipeline), str(version))
    origin = walk_back(read_events(settings.lake.uri), release)
    if not origin.job:
        raise MissingInput(f"No event under {settings.lake.uri}/_lineage tells of release {version}.")
    Console().print(_tree(origin))


def _tree(origin: "Origin") -> "Tree":
    from rich.markup import escape
    from rich.tree import Tree

    version = f" [bold]{origin.dataset.version}[/]" if origin.dataset.version else ""
    made = f"  ← {origin.job}" + (f" ({origin.parent})" if origin.parent else "") if origin.job else ""
    tree = Tree(f"{escape(origin.dataset.name)}{version}[dim]{escape(made)}[/]")
    tree.children.extend(_tree(item) for item in origin.inputs)
    return tree


if __name__ == "__main__":
    main()
