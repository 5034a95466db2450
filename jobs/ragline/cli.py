"""The command line: ``ragline <job> [--config PIPELINE.yaml] [--set key=value …] [--run-id ID]``.

Nothing heavy is imported before a command needs it, so that ``--help`` answers at once.
"""

import logging
import os
import sys

import typer

from ragline.commands import chunking, feedback, quarantine, releases, retention
from ragline.commands.embed import embed
from ragline.commands.evaluate import evaluate
from ragline.commands.finetune import finetune
from ragline.commands.gate import gate
from ragline.commands.index import index
from ragline.commands.ingest import ingest
from ragline.commands.lineage import lineage
from ragline.commands.maintain import maintain
from ragline.commands.preprocess import preprocess
from ragline.commands.promote import promote
from ragline.commands.rollback import rollback
from ragline.commands.running import say
from ragline.commands.search import search
from ragline.commands.status import status
from ragline.errors import EXIT_INTERRUPTED, RaglineError
from ragline.runtime.log_lines import log_to_stderr
from ragline.runtime.progress import end_bars

app = typer.Typer(
    name="ragline",
    help="From documents to evaluated, versioned, searchable releases.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (
    *(ingest, preprocess, gate, embed, index, evaluate, promote, rollback),
    *(search, status, lineage, finetune, maintain),
):
    app.command()(_command)
app.add_typer(releases.app, name="releases")
app.add_typer(retention.app, name="retention")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(feedback.app, name="feedback")
app.add_typer(chunking.app, name="chunking")


def main() -> None:
    """Entry point: errors that Ragline raises on purpose become one sentence and their exit code."""
    log_to_stderr(os.environ.get("RAGLINE_LOG_LEVEL", "INFO"))
    for noisy in ("py4j", "httpx", "urllib3", "alembic", "openlineage", "azure"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("gcsfs").setLevel(logging.CRITICAL)  # it logs whatever it raises
    try:
        app()
    except RaglineError as error:
        say(f"ragline: {error}", err=True)
        raise SystemExit(error.exit_code) from error
    except SystemExit as end:
        if end.code == EXIT_INTERRUPTED:
            _leave_at_once()
        raise


def _leave_at_once() -> None:
    """End an interrupted command. Threads that still read a source would hold a common exit back until they are through."""
    end_bars()
    say("ragline: interrupted. What was not committed yet does not count; the same command makes up for it.", err=True)
    sys.stdout.flush()
    os._exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
