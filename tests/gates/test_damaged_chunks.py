"""Chunks that preprocess made of real documents, damaged in one way each: the gate says so, and says nothing else."""

import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS
from ragline.gates.job import gate
from ragline.lake.commits import Commit
from ragline.lake.publications import Publication, last_published, publish
from ragline.preprocess.job import preprocess
from tests.gates.rows import append, document, hexed
from tests.project import Project

pytestmark = pytest.mark.spark

Row = dict[str, Any]
WORDS = re.findall(
    r"\w+",
    """The printer on the second floor needs paper before every meeting, because people who travel often forget to tell their
    team when they return from holidays, and ask questions about rooms, keys, badges, coffee, lunch, money, forms or letters that
    somebody else has already answered in great detail last year, while others were waiting for news from the office near us.""",
)


def text(number: int) -> str:
    """Five sections of a hundred words, one with an address to be redacted."""
    chance = random.Random(number)
    sections = [f"# Part {part}\n\n" + " ".join(chance.choices(WORDS, k=100)).capitalize() + "." for part in range(5)]
    return "\n\n".join([*sections, f"Ask team{number}@example.com for more of it."])


class Tables:
    """The rows of a preprocess run, to be damaged; ``commit`` writes them as the next run would."""

    def __init__(self, project: Project):
        self.project = project
        self.chunks: list[Row] = (
            project.lake.read(CHUNKS).sort_by([("doc_id", "ascending"), ("ordinal", "ascending")]).to_pylist()
        )
        self.outcomes: list[Row] = project.lake.read(DOCUMENT_STATE).sort_by("doc_id").to_pylist()
        self.passages: list[Row] = project.lake.read(CHUNK_STATE).to_pylist()

    def lose(self, outcome: str, start: int, end: int) -> None:
        """Some documents lose their chunks."""
        for row in self.outcomes[start:end]:
            row["outcome"] = outcome
        lost = {row["doc_id"] for row in self.outcomes[start:end]}
        self.chunks = [row for row in self.chunks if row["doc_id"] not in lost]

    def commit(self, recount: bool = True) -> None:
        lake = self.project.lake
        last = lake.last_commit(CHUNKS)
        version = lake.version(CHUNKS) + 1
        counts = Counter(row["doc_id"] for row in self.chunks)
        if recount:
            self.outcomes = [{**row, "chunk_count": counts[row["doc_id"]]} for row in self.outcomes]
        gone = [{"doc_id": row["doc_id"], "deleted": True} for row in self.outcomes if not counts[row["doc_id"]]]
        inputs = {"documents": last.inputs["documents"], "chunks": version}
        for table, rows in ((DOCUMENT_STATE, self.outcomes), (CHUNK_STATE, self.passages)):
            commit = Commit(f"damaged {table.name}", "damage", inputs, last.fingerprint)
            lake.write(table, pa.Table.from_pylist(rows, schema=table.schema), commit, lake.version(table))
        commit = Commit("damaged", "damage", {"documents": last.inputs["documents"]}, last.fingerprint)
        lake.write(CHUNKS, pa.Table.from_pylist([*self.chunks, *gone], schema=CHUNKS.schema), commit, version - 1)


def check(project: Project, *overrides: str) -> RunManifest:
    return project.run("gate", lambda run: gate(run, "chunks"), *overrides)


def faults(manifest: RunManifest) -> set[str]:
    return {failure["column"] for failure in manifest.facts["failed_expectations"]}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, spark: object) -> Path:
    """A lake with 120 documents and their chunks, published."""
    project = Project(tmp_path_factory.mktemp("whole") / "project")
    version = append(project.lake, "documents", *[document(f"{number:03}", text(number)) for number in range(120)])
    publish(project.lake, Publication("documents", version, "test"))
    made = project.run("preprocess", lambda run: preprocess(run, documents_version=None, full_refresh=False))
    assert made.status == "done", made.message
    manifest = check(project)
    assert manifest.status == "done", manifest.message
    assert project.lake.read(CHUNKS)["alignment"].null_count < project.lake.read(CHUNKS).num_rows
    return project.root


@pytest.fixture
def tables(whole: Path, tmp_path: Path) -> Tables:
    project = Project(tmp_path / "project")
    shutil.copytree(whole / ".ragline", project.root / ".ragline")
    return Tables(project)


def first(rows: list[Row], wanted: Callable[[Row], bool]) -> Row:
    return next(row for row in rows if wanted(row))


def _repeat(tables: Tables) -> None:
    tables.chunks.append(dict(tables.chunks[0]))


def _orphan(tables: Tables) -> None:
    tables.chunks[10]["doc_id"] = hexed("nowhere")


def _outside(tables: Tables) -> None:
    tables.chunks[20]["span_end"] = 1_000_000


def _elsewhere(tables: Tables) -> None:
    row = first(tables.chunks, lambda row: row["alignment"] is None)
    row["span_start"], row["span_end"] = row["span_start"] + 1, row["span_end"] + 1


def _misaligned(tables: Tables) -> None:
    row = first(tables.chunks, lambda row: row["alignment"] is not None)
    row["alignment"] = [*row["alignment"][:-1], row["alignment"][-1] - 1]


def _too_long(tables: Tables) -> None:
    tables.chunks[0]["token_count"] = 201


def _unrecorded(tables: Tables) -> None:
    tables.outcomes[0]["deleted"] = True


def _relabel(language: str, share: float) -> Callable[[Tables], None]:
    def damage(tables: Tables) -> None:
        for row in tables.chunks[: int(share * len(tables.chunks))]:
            row["language"] = language

    return damage


def _copy_chunks(share: float) -> Callable[[Tables], None]:
    def damage(tables: Tables) -> None:
        for row in tables.passages[: int(share * len(tables.passages))]:
            row["kept_id"] = hexed("original")

    return damage


def _halve(tables: Tables) -> None:
    for row in tables.chunks:
        row["token_count"] //= 2


def _behead(tables: Tables) -> None:
    """The first chunk of each document is all that is left, at the length that chunks have on the average."""
    mean = sum(row["token_count"] for row in tables.chunks) // len(tables.chunks)
    tables.chunks = [{**row, "token_count": mean} for row in tables.chunks if row["ordinal"] == 0]


def _lose(**documents: int) -> Callable[[Tables], None]:
    def damage(tables: Tables) -> None:
        start = 0
        for outcome, number in documents.items():
            tables.lose(outcome, start, start + number)
            start += number

    return damage


def _all(*damages: Callable[[Tables], None]) -> Callable[[Tables], None]:
    def damage(tables: Tables) -> None:
        for one in damages:
            one(tables)

    return damage


@pytest.mark.parametrize(
    ("damage", "facts"),
    [
        (
            _all(_repeat, _orphan, _outside, _elsewhere, _misaligned, _too_long, _unrecorded),
            {
                *("duplicate_keys", "orphans", "invalid_spans", "span_mismatches", "broken_alignments", "over_max_tokens"),
                "documents_without_outcome",
            },
        ),
        (_lose(too_short=40, empty=20, duplicate=40), {"lost_share"}),
        (_lose(too_short=42, empty=25), {"rejected_share", "empty_share"}),
        (_lose(duplicate=91), {"copied_share"}),
        (_all(_lose(chunked=61), _copy_chunks(0.8)), {"overlapped_share", "copied_chunks_share"}),
        (_relabel("und", 0.95), {"unknown_language_share"}),
    ],
)
def test_what_must_not_be_stops_a_first_version(tables: Tables, damage: Callable[[Tables], None], facts: set[str]) -> None:
    damage(tables)
    tables.commit()
    manifest = check(tables.project, "gates.compare_with=nothing")
    assert (manifest.status, faults(manifest)) == ("gate_failed", facts)


@pytest.mark.parametrize(
    ("damage", "facts"),
    [
        (_lose(too_short=11, empty=5, duplicate=15), {"lost_share_change"}),
        (_lose(too_short=13, empty=7), {"rejected_share_change", "empty_share_change"}),
        (_lose(duplicate=25), {"copied_share_change"}),
        (_all(_lose(chunked=13), _copy_chunks(0.25)), {"overlapped_share_change", "copied_chunks_share_change"}),
        (_all(_relabel("und", 0.6), _relabel("de", 0.3)), {"language_change", "unknown_language_share_change"}),
        (_halve, {"mean_tokens_change"}),
        (_behead, {"chunks_per_document_change"}),
    ],
)
def test_a_sudden_change_stops_a_later_version(tables: Tables, damage: Callable[[Tables], None], facts: set[str]) -> None:
    damage(tables)
    tables.commit()
    manifest = check(tables.project)
    assert (manifest.status, faults(manifest)) == ("gate_failed", facts)
    assert manifest.facts["compared_with"] == "version 1 of chunks, published last"


def test_a_document_with_fewer_chunks_than_its_outcome_says_is_found(tables: Tables) -> None:
    lost = tables.chunks.pop(0)
    tables.commit(recount=False)
    manifest = check(tables.project)
    assert [(f["column"], f["samples"]) for f in manifest.facts["failed_expectations"]] == [
        ("miscounted_documents", [lost["doc_id"]])
    ]


def test_chunks_of_a_document_that_changed_since_are_found(tables: Tables) -> None:
    changed = append(tables.project.lake, "documents", document("007", text(7) + " And more."))
    commit = Commit("other", "damage", {"documents": changed}, "other")
    tables.project.lake.write(CHUNKS, CHUNKS.schema.empty_table(), commit, 1)
    manifest = check(tables.project)
    assert "stale" in faults(manifest)
    assert "was written again after it was cut" in manifest.message


def test_a_change_that_is_meant_can_be_accepted(tables: Tables) -> None:
    _lose(too_short=13)(tables)
    tables.commit()
    manifest = check(tables.project)
    assert "expect_column_values_to_be_between(rejected_share_change): observed 0.108333, allowed at most 0.1" in manifest.message
    assert "accept it once with 'ragline gate chunks --set gates.compare_with=nothing'" in manifest.message
    assert check(tables.project, "gates.compare_with=nothing").status == "done"
    facts = last_published(tables.project.lake, "chunks").gate_result["facts"]
    assert (facts["documents"], facts["rejected_share"]) == (120, 0.108333)


def test_only_rows_written_since_the_published_version_are_read_again(tables: Tables) -> None:
    tables.project.lake.write(CHUNKS, _one_document(tables), Commit("next", "test", {"documents": 0}, "f"), 1)
    manifest = check(tables.project)
    assert manifest.facts["rows_checked"] == sum(row["doc_id"] == hexed("000") for row in tables.chunks)
    suite = tables.project.root / "expectations" / "chunks.facts.json"
    suite.write_text(json.dumps({**json.loads(suite.read_text()), "name": "chunks.facts.2"}))
    assert check(tables.project).facts["rows_checked"] == len(tables.chunks)


def _one_document(tables: Tables) -> pa.Table:
    rows = [row for row in tables.chunks if row["doc_id"] == hexed("000")]
    return pa.Table.from_pylist(rows, schema=CHUNKS.schema)


def test_spark_counts_what_this_process_counts(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    for damage in (_repeat, _misaligned, _too_long):
        damage(tables)
    tables.chunks[-1]["uri"] = ""
    tables.commit()
    here = check(tables.project)
    monkeypatch.setattr("ragline.gates.inspection._ROWS", 0)
    there = check(tables.project)
    assert faults(here) == {"duplicate_keys", "broken_alignments", "over_max_tokens", "uri"}
    assert there.facts["failed_expectations"] == here.facts["failed_expectations"]
    assert [(use.name, use.rows) for use in there.inputs] == [(use.name, use.rows) for use in here.inputs]
    assert tables.project.lake.version(DOCUMENTS) == 0
