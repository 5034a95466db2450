"""Nothing of a deleted document is left once its deadline has passed: a word of its own is looked for in every file of a project.

The word stands in the document's text, title, file name and metadata, in a copy of it, in the name of a file that could not be
taken in, and in a query about it that became feedback and a training pair.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragline.contracts.tables import TABLES
from ragline.feedback.collect import collect
from ragline.feedback.make_pairs import make_pairs
from ragline.finetune.job import finetune
from ragline.gates.job import gate
from ragline.index.rebuild import rebuild_release
from ragline.index.release_retention import retain_releases
from ragline.maintain.explain import explain
from ragline.maintain.job import maintain
from ragline.registry.releases import find_release
from ragline.registry.searchers import open_searcher
from ragline.registry.tracking import connect
from ragline.runtime.run import Run
from tests.integration.line import run_line
from tests.integration.marker_scan import files_with
from tests.project import Project, write_small_model

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600), pytest.mark.usefixtures("spark")]

# Stemmers leave its first letters alone, and statistics keep the beginning of a text.
MARKER = "zyxqvor"
WORD = f"{MARKER}bel"
PAGE = f"""---
title: {WORD.title()} handling
summary: How the {WORD} is kept cool
author: The {WORD} team
keywords: [{WORD}, cooling]
---
# {WORD.title()} handling

The {WORD} stands in the cellar. It is kept below ten degrees, because a warm {WORD} loses its shine within a week.

## Where the {WORD} is kept

Ask the porter for the key of the cellar. The {WORD} is on the third shelf, behind the spare lamps.
"""
FILES = (f"guides/{WORD}.md", f"policies/{WORD}-copy.md", f"guides/{WORD}-broken.pdf")
QUESTION = f"where is the {WORD} kept?"

# What a project keeps, by the folder or file below ``.ragline`` that it is in.
PLACES = {
    **{f"table {name}": f"handbook/lake/{name}/" for name in TABLES},
    "Data Docs": "handbook/lake/_docs/",
    "run manifests": "handbook/lake/_runs/",
    "lineage events": "handbook/lake/_lineage/",
    "staging": "handbook/lake/_staging/",
    "what else the lake keeps": "handbook/lake/",
    "MLflow's database": "mlflow.db",
    "MLflow's artifacts": "mlartifacts/",
    "temporary files": "temporary/",
    "caches and all else": "",
}


class DeletedDocument:
    """A line that served a document, its deletion, and where the word was found before and after."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root)
        self.own = root / ".ragline"
        (self.own / "temporary").mkdir(parents=True)
        write_small_model(self.project)
        self.serve()
        self.before = self.found()
        self.delete()
        self.after = self.found()

    def serve(self) -> None:
        self.project.configure(
            promotion={"on_unmeasured": "promote"}, embedding={"model": "model"}, feedback={"min_new_pairs": 1}
        )
        for name, content in zip(FILES, (PAGE, PAGE, "%PDF-1.7 broken"), strict=True):
            (self.project.corpus / name).write_text(content)
        self.done(run_line(self.project, 1))
        self.give_feedback()
        run_line(self.project, 2)

    def give_feedback(self) -> None:
        settings = self.project.settings()
        (hits,) = open_searcher(settings, with_encoder=False).search([QUESTION], 4, "lexical")
        ranked = [hit.chunk_id for hit in hits]
        landing = Path(settings.feedback.landing)
        landing.mkdir(parents=True, exist_ok=True)
        event = {"event_id": "1", "query": QUESTION, "release": 1, "ranked": ranked, "clicked": ranked[:1], "user": "ada"}
        (landing / "monday.jsonl").write_text(json.dumps({**event, "time": "2026-01-31T12:00:00Z"}) + "\n")
        steps = {
            "feedback": collect,
            "gate": lambda run: gate(run, "feedback"),
            "pairs": make_pairs,
            "finetune": lambda run: finetune(run, force=True),
        }
        self.done({job: self.project.run(job, work, run_id=f"{job}-feedback") for job, work in steps.items()})

    def delete(self) -> None:
        for name in FILES:
            (self.project.corpus / name).unlink()
        run_line(self.project, 3)
        manifest = self.project.run("maintain", self.maintain, "retention.deleted=0", run_id="maintain")
        assert manifest.status == "done", manifest.message

    @staticmethod
    def maintain(run: Run) -> None:
        """What ``ragline maintain --retention-hours 0`` does."""
        left = retain_releases(run)
        maintain(run, retention_hours=0)
        assert not left

    @staticmethod
    def done(manifests: dict[str, object]) -> None:
        ended = {job: (manifest.status, manifest.message) for job, manifest in manifests.items()}  # type: ignore[attr-defined]
        assert {status for status, _ in ended.values()} == {"done"}, ended

    def found(self) -> dict[str, list[str]]:
        """The files with the word, by place."""
        names = [str(file.relative_to(self.own)) for file in files_with(self.own, MARKER)]
        found: dict[str, list[str]] = {place: [] for place in PLACES}
        for name in names:
            found[next(place for place, prefix in PLACES.items() if name.startswith(prefix))].append(name)
        return found


@pytest.fixture(scope="module")
def deleted(tmp_path_factory: pytest.TempPathFactory, spark: object) -> Iterator[DeletedDocument]:
    root = tmp_path_factory.mktemp("deleted") / "project"
    usual, tempfile.tempdir = tempfile.tempdir, str(root / ".ragline" / "temporary")
    try:
        yield DeletedDocument(root)
    finally:
        tempfile.tempdir = usual


def test_before_its_deletion_the_word_is_found_where_it_should_be(deleted: DeletedDocument) -> None:
    """Or else its absence afterwards would say nothing: compressed columns and the lexical index have to be opened."""
    tables = ("documents", "items", "quarantine", "chunks", "feedback", "training_pairs")
    assert [name for name in tables if not deleted.before[f"table {name}"]] == []
    artifacts = {Path(name).name for name in deleted.before["MLflow's artifacts"]}
    assert artifacts == {"chunks.arrow", "meta.json", "queries.csv", "report.html"}
    assert deleted.before["caches and all else"] == ["handbook/feedback/monday.jsonl"]


@pytest.mark.parametrize("place", PLACES)
def test_after_the_deadline_nothing_of_a_deleted_document_is_left(deleted: DeletedDocument, place: str) -> None:
    assert deleted.after[place] == []


def test_it_is_told_which_embedder_was_trained_on_it_and_that_nothing_else_is_held(deleted: DeletedDocument) -> None:
    held = {place["where"] for place in explain(deleted.project.settings(), FILES[0])["places"]}
    assert "embedder 2" in held
    assert held <= {"embedder 2", "table tombstones", "run manifests"}


def test_a_redacted_release_is_built_again_from_the_tables_that_lost_the_document(deleted: DeletedDocument) -> None:
    settings = deleted.project.settings()
    previous = find_release(connect(settings), settings, "previous")
    assert previous.tags["ragline.redacted_from"] == "1"
    (Path(previous.source) / "bundle" / "index.faiss").unlink()

    manifest = deleted.project.run("rebuild", lambda run: rebuild_release(run, release="previous"), run_id="rebuild")

    assert manifest.status == "done", manifest.message
    assert "Byte for byte as before: chunks.arrow, embedder, index.faiss" in manifest.message


def test_what_serves_still_answers(deleted: DeletedDocument) -> None:
    searcher = open_searcher(deleted.project.settings())
    (asked, other) = searcher.search([QUESTION, "who pays for the hotel?"], 3)
    assert other
    assert all(MARKER not in hit.text.lower() for hit in asked)
