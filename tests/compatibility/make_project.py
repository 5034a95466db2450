"""Make a project whose lake holds every table and whose registry holds a served release, to be kept for ever.

``python -m tests.compatibility.make_project ARCHIVE.tar.gz`` writes it with the code as it is now. What is committed beside this
file was written by the code of the day that its name says; it is never made again, and newer code must go on with it.
"""

import json
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import yaml

from ragline.config.loader import load_settings
from ragline.config.settings import Settings
from ragline.contracts.run_manifest import RunManifest
from ragline.embed.job import embed
from ragline.evaluate.job import evaluate
from ragline.feedback.collect import collect
from ragline.feedback.make_pairs import make_pairs
from ragline.gates.job import gate
from ragline.index.job import build_release
from ragline.ingest.job import Scope, ingest
from ragline.lake.lake import Lake
from ragline.preprocess.job import preprocess
from ragline.promote.job import promote
from ragline.registry import releases as registry
from ragline.registry.embedders import registered_embedders
from ragline.registry.searchers import open_searcher
from ragline.registry.tracking import connect
from ragline.runtime.run import Run, execute
from tests.compatibility.tiny_model import write_tiny_model

REPOSITORY = Path(__file__).resolve().parents[2]
QUESTIONS = ("Who descales the espresso machine?", "How are hotel bills paid back?", "Where are backups kept?")

_COFFEE = (
    "# The espresso machine\n\nThe espresso machine on the second floor is descaled every Friday afternoon by whoever made the "
    "last cup. The descaler is in the cupboard above the sink, next to the filters. It takes about twenty minutes, and nobody "
    "should drink from the machine before two empty cups have been drawn.\n\n## Beans\n\nBeans are ordered on the first working "
    "day of the month from the roastery around the corner. Four kilograms last a month in winter and three in summer. Write to "
    "the kitchen list if a guest needs decaffeinated coffee, so that a bag can be bought in time.\n"
)
_TRAVEL = (
    "# Travel\n\nBook trains through the travel desk, at least three days ahead where that is possible. Flights need the consent "
    "of your manager. Hotel bills are paid back within thirty days of handing in the original bill together with the form for "
    "travel expenses, signed by the person who approved the journey.\n\n## Meals\n\nMeals on a journey are paid back by a lump sum "
    "for each day, whatever they cost. Breakfast in a hotel is taken off where the bill names it.\n"
)
_BACKUPS = (
    "# Backups\n\nBackups of all databases are made every night at two o'clock and kept for ninety days in another data centre. "
    "Once in a quarter a database that is chosen by lot is restored on an empty machine, and its tables are counted. Whoever is "
    "on call writes down how long that took.\n"
)
_SHARED = "The reception is open from eight in the morning until six in the evening on every working day, and has the spare keys of all of the offices on every floor."

RECORDS = [
    {"id": "coffee", "title": "Coffee", "text": _COFFEE},
    {"id": "travel", "title": "Travel", "text": _TRAVEL},
    {"id": "travel-copy", "title": "Travel (copy)", "text": _TRAVEL},
    {"id": "travel-near", "title": "Travel, older", "text": _TRAVEL.replace("thirty", "forty")},
    {"id": "backups", "title": "Backups", "text": _BACKUPS},
    {"id": "keys", "title": "Keys", "text": f"# Keys\n\n{_SHARED}\n\n## Lost keys\n\nTell the reception at once when a key is lost.\n"},
    {"id": "visitors", "title": "Visitors", "text": f"# Visitors\n\n{_SHARED}\n\n## Badges\n\nVisitors wear a badge and are fetched at the door.\n"},
    {"id": "secret", "title": "Salaries", "text": "# Salaries\n\nSalaries are reviewed in March. Ask payroll@example.com.\n", "labels": ["hr"], "tenant": "acme"},
    {"id": "noise", "title": "Noise", "text": "xkq zzrt wqpl " * 30},
    {"id": "vpn", "title": "VPN", "text": "# Network\n\nConnect to the private network before you open the payroll system.\n"},
]  # fmt: skip
_GONE = {"id": "parking", "title": "Parking", "text": "# Parking\n\nThe garage closes at ten in the evening.\n"}

_PIPELINE = {
    "pipeline": "handbook",
    "sources": [
        {
            "name": "handbook",
            "type": "table",
            "uri": "handbook.jsonl",
            "media_type": "text/markdown",
            "fields": {"title": "title", "uri": "uri", "tenant": "tenant", "access_labels": "labels"},
        }
    ],
    "embedding": {"model": "model", "device": "cpu"},
    "preprocess": {"deduplicate": {"chunks": {"near": 0.8}}, "chunk": {"max_tokens": 120}},
    "evaluation": {"min_queries": 3},
    "promotion": {"on_unmeasured": "promote"},
}


def write_records(file: Path, records: list[dict[str, object]]) -> None:
    """A JSON Lines file whose documents have addresses of their own, and a line that is no record."""
    lines = [json.dumps({**record, "uri": f"https://handbook.example/{record['id']}"}) for record in records]
    file.write_text("\n".join([json.dumps({"id": "bad", "text": 7}), *lines]) + "\n", encoding="utf-8")


def line(settings: Settings, number: int) -> None:
    """Everything from the sources to a champion."""
    steps: list[tuple[str, Callable[[Run], None]]] = [
        ("ingest", lambda run: ingest(run, Scope())),
        ("gate", lambda run: gate(run, "documents")),
        ("preprocess", lambda run: preprocess(run, documents_version=None, full_refresh=False)),
        ("gate", lambda run: gate(run, "chunks")),
        ("embed", lambda run: embed(run, chunks_version=None, embedder_version=None)),
        ("gate", lambda run: gate(run, "embeddings")),
        ("index", lambda run: build_release(run, chunks_version=None, embedder_version=None)),
        ("evaluate", lambda run: evaluate(run, release=None, judgments=None, run_file=None)),
        ("promote", lambda run: promote(run, release=None, approved_by=None)),
    ]
    for place, (job, work) in enumerate(steps):
        _done(execute(job, settings, f"line-{number}-{place}-{job}", work))


def feedback(settings: Settings) -> None:
    """Events on the passages that the release gives, among them one that is none, and pairs of them."""
    landing = Path(settings.feedback.landing)
    landing.mkdir(parents=True)
    searcher = open_searcher(settings)
    events = []
    for number, question in enumerate(QUESTIONS):
        ranked = [hit.chunk_id for hit in searcher.search(question, 3, "lexical")[0]]
        events.append(
            {
                "event_id": f"event-{number}",
                "query": question,
                "release": 2,
                "ranked": ranked,
                "clicked": ranked[:1],
                "user": "ada",
                "time": "2026-11-27T12:00:00Z",
            }
        )
    (landing / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events) + '{"query": 3}\n')
    _done(execute("feedback", settings, "collect", collect))
    _done(execute("gate", settings, "gate-feedback", lambda run: gate(run, "feedback")))
    _done(execute("pairs", settings, "pairs", make_pairs))


def _done(manifest: RunManifest) -> None:
    if manifest.status != "done":
        raise SystemExit(f"{manifest.job} {manifest.run_id} ended as {manifest.status}: {manifest.message}")


def describe_registry(settings: Settings, root: Path) -> dict[str, object]:
    """Embedders and releases with their tags, aliases and places below the project."""
    client = connect(settings)

    def place(source: str) -> str:
        return Path(source.removeprefix("file://")).relative_to(root).as_posix()

    embedders = [
        {"version": int(e.version), "tags": dict(e.tags), "source": place(e.source)}
        for e in registered_embedders(client, settings)
    ]
    releases = [
        {"version": r.version, "aliases": list(r.aliases), "tags": r.tags, "source": place(r.source)}
        for r in reversed(registry.releases(client, settings))
    ]  # fmt: skip
    return {"embedders": embedders, "releases": releases}


def answers(settings: Settings) -> list[dict[str, object]]:
    """What the champion answers, by question and mode."""
    searcher = open_searcher(settings)
    return [
        {
            "query": question,
            "mode": mode,
            "hits": [[hit.chunk_id, round(hit.score, 5)] for hit in searcher.search(question, 3, mode)[0]],
        }
        for question in QUESTIONS
        for mode in ("fused", "dense", "lexical")
    ]


def make_project(archive: Path) -> None:
    """Write the project to a new archive."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "project"
        (root / "conf" / "pipelines").mkdir(parents=True)
        (root / "conf" / "default.yaml").write_text("spark: {master: 'local[2]', driver_memory: 512m}\n")
        (root / "conf" / "pipelines" / "handbook.yaml").write_text(yaml.safe_dump(_PIPELINE, sort_keys=False))
        shutil.copytree(REPOSITORY / "expectations", root / "expectations")
        write_tiny_model(root / "model", [record["text"] for record in RECORDS])
        shutil.rmtree(root / "model.bert")
        settings = load_settings(root / "conf" / "pipelines" / "handbook.yaml")
        write_records(root / "handbook.jsonl", [*RECORDS, _GONE])
        line(settings, 1)
        edited = {**RECORDS[-1], "text": f"{RECORDS[-1]['text']}It is slow on Mondays.\n"}
        write_records(root / "handbook.jsonl", [*RECORDS[:-1], edited])
        line(settings, 2)
        feedback(settings)
        (root / "registry.json").write_text(json.dumps(describe_registry(settings, root), indent=1, sort_keys=True) + "\n")
        (root / "answers.json").write_text(json.dumps(answers(settings), indent=1) + "\n")
        held = {
            table.parent.parent.name for table in Path(Lake(settings.lake.uri).uri).glob("*/_delta_log/00000000000000000000.json")
        }
        print("tables:", *sorted(held))
        (root / ".ragline" / "mlflow.db").unlink()  # its places are absolute: registry.json is read back instead
        for made in ("_docs", "_secrets", "_staging"):
            shutil.rmtree(Path(settings.lake.uri) / made, ignore_errors=True)
        with tarfile.open(archive, "w:gz") as packed:
            packed.add(root, ".")


if __name__ == "__main__":
    make_project(Path(sys.argv[1]))
