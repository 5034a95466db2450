"""Two projects over the same changing folder: one undisturbed, in the other jobs are killed at random moments and run again.

A round changes the folder, gives feedback, and runs every command of the line. A disturbed command is started once or twice at
the same time, killed at a share of the seconds or of the actions that the undisturbed one took, perhaps again, and then left
to finish. After each round the two must hold the same.
"""

import json
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragline.contracts.tables import (
    CHUNK_STATE,
    CHUNKS,
    DOCUMENT_STATE,
    DOCUMENTS,
    DUPLICATES,
    EMBEDDINGS,
    FEEDBACK,
    ITEMS,
    QUARANTINE,
    TRAINING_PAIRS,
    Table,
)
from ragline.lake.tombstones import live_tombstones
from ragline.registry.searchers import open_searcher
from tests.integration.killed_process import Ended, KilledProcess
from tests.integration.moments import At
from tests.project import Project, write_small_model

COMMANDS = (
    *("ingest", "gate documents", "preprocess", "gate chunks", "embed", "gate embeddings", "index", "evaluate", "promote"),
    *("feedback collect", "gate feedback", "feedback pairs", "maintain"),
)
QUESTIONS = ("how is the printer found?", "limescale in the machine", "who pays for my hotel?", "tunnel to the office is down")
_DONE, _NOTHING = 0, 3
_LIMIT_SECONDS = 240

# What of each table must be the same: not when and by which commit a row came.
_COMPARED: dict[Table, tuple[str, ...]] = {
    DOCUMENTS: ("doc_id", "source_id", "content_hash", "title", "text", "tenant", "access_labels"),
    ITEMS: ("doc_id", "source_id", "content_hash", "part_ids"),
    QUARANTINE: ("source_id", "reason"),
    CHUNKS: ("chunk_id", "doc_id", "text", "text_hash", "ordinal", "span_start", "span_end"),
    DOCUMENT_STATE: ("doc_id", "normal_hash", "outcome", "kept_id", "method", "score", "chunk_count"),
    CHUNK_STATE: ("chunk_id", "doc_id", "normal_hash", "kept_id"),
    DUPLICATES: ("dropped_id", "kept_id", "level", "method", "score"),
    EMBEDDINGS: ("text_hash", "model_fingerprint"),
    FEEDBACK: ("event_id", "query", "clicked"),
    TRAINING_PAIRS: ("pair_id", "query", "positive", "negatives", "weight"),
}


@dataclass(frozen=True)
class Attempt:
    """A run that was to be killed: of which command, in which round, at which moment, beside which other command ("": alone),
    and whether it was killed before it had ended."""

    number: int
    command: str
    moment: str
    beside: str
    killed: bool


def corpus_project(root: Path) -> Project:
    """The fixture corpus with two items that go to quarantine, embedded in small batches by a small model."""
    project = Project(root)
    (project.corpus / "empty.md").write_text("")
    (project.corpus / "latin1.md").write_bytes("Größe".encode("latin-1"))
    write_small_model(project)
    project.configure(
        embedding={"model": "model", "commit_every": 8},
        promotion={"on_unmeasured": "promote"},
        feedback={"min_new_pairs": 1000},
        retention={"deleted": 0},
    )
    return project


class Disturbance:
    """Both projects, and the attempts so far."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.undisturbed, self.disturbed = corpus_project(folder / "undisturbed"), corpus_project(folder / "disturbed")
        self.attempts: list[Attempt] = []
        self._random = random.Random(seed)
        self._number = 0

    @property
    def kills(self) -> int:
        """How many runs were killed before they had ended."""
        return sum(attempt.killed for attempt in self.attempts)

    def play_round(self, kills: int) -> None:
        """Change both folders, and run every command in both projects; in the disturbed one until so many kills have been made
        this round, about as many in each command."""
        self._number += 1
        wanted = self.kills + kills
        for project in (self.undisturbed, self.disturbed):
            change_corpus(project.corpus, self._number)
        for place, command in enumerate(COMMANDS):
            if command == "feedback collect":
                for project in (self.undisturbed, self.disturbed):
                    give_feedback(project, self._number)
            usual = self._finish(self.undisturbed, command)
            due = round(wanted - (len(COMMANDS) - 1 - place) * kills / len(COMMANDS))
            tries = 0
            while self.kills < due and tries < 2 * (due - self.kills) + 2:
                self._disturb(command, usual)
                tries += 1
            self._finish(self.disturbed, command)

    def _finish(self, project: Project, command: str) -> Ended:
        ended = KilledProcess(_arguments(project, command)).wait(_LIMIT_SECONDS)
        if ended.code not in (_DONE, _NOTHING):
            raise AssertionError(f"round {self._number}: {command} in {project.root.name} ended with exit code {ended.code}")
        return ended

    def _disturb(self, command: str, usual: Ended) -> None:
        """Start a command and kill it; half the time beside the same command or another one, which may be killed, too."""
        chance = self._random
        beside = chance.choice((None, None, command, chance.choice(COMMANDS)))
        started = [self._start(command, usual)]
        if beside is not None:
            dies = beside == command and chance.random() < 0.5
            started.append(self._start(beside, usual if dies else None))
        for process, seconds, moment in started:
            if seconds is not None:
                process.kill_after(seconds)
            ended = process.wait(_LIMIT_SECONDS)
            if moment:
                self.attempts.append(Attempt(self._number, command, moment, beside or "", ended.code == -signal.SIGKILL))

    def _start(self, command: str, usual: Ended | None) -> tuple[KilledProcess, float | None, str]:
        """A process of the disturbed project that is to be killed (``usual``: what an undisturbed one took), or to live."""
        # Airflow starts a task again under the run id that it had.
        run_id = ["--run-id", f"again-{self._number}"] if usual is not None and self._random.random() < 0.5 else []
        arguments = [*_arguments(self.disturbed, command), *run_id]
        if usual is None:
            return KilledProcess(arguments), None, ""
        if usual.actions and self._random.random() < 0.6:
            at = At(self._random.randint(1, usual.actions), self._random.choice(("before", "after")))
            return KilledProcess(arguments, at), None, f"{at.when} action {at.nth} of {usual.actions}"
        seconds = self._random.random() * usual.seconds
        return KilledProcess(arguments), seconds, f"{seconds:.1f} of {usual.seconds:.1f} s"

    def differences(self) -> list[str]:
        """What the two projects hold differently, by table, and in the answers of the champion."""
        expected, found = what_is_held(self.undisturbed), what_is_held(self.disturbed)
        return [
            f"{name}: missing {_some(expected[name] - found[name])}, too many {_some(found[name] - expected[name])}"
            for name in expected
            if expected[name] != found[name]
        ]


def _some(rows: set[str]) -> str:
    return f"{len(rows)} {sorted(rows)[:2]}"


def _arguments(project: Project, command: str) -> list[str]:
    return [*command.split(), "--config", str(project.config)]


def change_corpus(corpus: Path, number: int) -> None:
    """Edit a file, or take the edit back; delete one, or bring it back; rename one; add one."""
    files = sorted(file for file in corpus.rglob("*.md") if file.stat().st_size > 100 and "round" not in file.name)
    edited, moved = files[0], files[1]
    mark = b"\n\nThis sentence comes and goes.\n"
    content = edited.read_bytes()
    edited.write_bytes(content.removesuffix(mark) if content.endswith(mark) else content + mark)
    moved.rename(moved.with_name(f"{moved.stem.split('~')[0]}~{number}.md"))
    away, back = corpus.with_name("away.txt"), corpus / "gone and back.md"
    if back.exists():
        back.rename(away)
    elif away.exists():
        away.rename(back)
    else:
        back.write_text("# Lost property\n\nUmbrellas that were found are kept at the front desk for a month.\n")
    (corpus / f"round {number}.md").write_text(
        f"# Notes of round {number}\n\nIn round {number} the roof garden was watered twice.\n"
    )


def give_feedback(project: Project, number: int) -> None:
    """Events on what the champion answers, one of them odd."""
    landing = Path(project.settings().feedback.landing)
    landing.mkdir(parents=True, exist_ok=True)
    searcher = open_searcher(project.settings(), with_encoder=False)
    lines = []
    for place, (question, hits) in enumerate(zip(QUESTIONS, searcher.search(QUESTIONS, 3, "lexical"), strict=True)):
        ranked = [hit.chunk_id for hit in hits]
        event = {
            "event_id": f"{number}-{place}",
            "query": question,
            "release": int(hits[0].release) if hits else 1,
            "ranked": ranked,
        }
        clicked = ["not shown"] if place == 3 else ranked[-1:]
        lines.append(json.dumps({**event, "clicked": clicked, "time": f"2026-01-{number:02}T12:00:00Z"}))
    (landing / f"round {number}.jsonl").write_text("".join(f"{line}\n" for line in lines))


def what_is_held(project: Project) -> dict[str, set[str]]:
    """Rows that count by table, the documents that are hidden, and what the champion answers."""
    held = {table.name: set(_rows(project, table, columns)) for table, columns in _COMPARED.items()}
    held["tombstones"] = set(live_tombstones(project.lake)["doc_id"].to_pylist())
    held["hits"] = set(_hits(project))
    return held


def _rows(project: Project, table: Table, columns: tuple[str, ...]) -> Iterator[str]:
    for row in project.lake.read(table, columns=columns).to_pylist():
        yield json.dumps(row, sort_keys=True).replace(str(project.root), "PROJECT")


def _hits(project: Project) -> Iterator[str]:
    searcher = open_searcher(project.settings())
    for mode in ("fused", "dense", "lexical"):
        for question, hits in zip(QUESTIONS, searcher.search(QUESTIONS, 5, mode), strict=True):
            found: list[Any] = [(hit.chunk_id, hit.text, round(hit.score, 4)) for hit in hits]
            yield json.dumps([mode, question, found])
