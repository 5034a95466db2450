"""What a change makes the jobs do, without Airflow: each test changes one thing of a line that serves, and runs it again.

That a publication starts the next DAG is in tests/orchestration.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from ragline.contracts.asset_events import event_extra
from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import CHUNKS, DOCUMENTS, EMBEDDINGS
from ragline.embed.job import embed
from ragline.feedback.collect import collect
from ragline.feedback.make_pairs import make_pairs
from ragline.finetune.job import finetune
from ragline.gates.job import gate
from ragline.index.job import build_release
from ragline.lake.files import list_files, read_bytes
from ragline.registry.searchers import open_searcher
from ragline.runtime.run import Run
from tests.integration.line import STEPS, run_line, run_step
from tests.project import Project, write_small_model
from tests.runtime.openlineage_spec import problems

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600), pytest.mark.usefixtures("spark")]

BUILT = ["embed", "gate embeddings", "index", "evaluate", "promote"]


class ServedLine:
    """A project with a release that serves. Sections once configured stay: putting one back would be another change."""

    def __init__(self, root: Path, spark: object) -> None:
        self.project = Project(root)
        for seed in (7, 8):
            write_small_model(self.project, f"model{seed}", seed)
        self._sections: dict[str, object] = {}
        self._runs = 0
        self.configure(promotion={"on_unmeasured": "promote"}, embedding={"model": "model7"})
        self.run()

    def configure(self, **sections: object) -> None:
        self._sections = {**self._sections, **sections}
        self.project.configure(**self._sections)

    def run(self) -> dict[str, RunManifest]:
        """The whole line once more; manifests by command."""
        self._runs += 1
        return run_line(self.project, self._runs)

    def rebuild(self, embedder: int) -> dict[str, RunManifest]:
        """The line from embed on, as the event of a new embedder starts it."""
        self._runs += 1
        named: dict[str, Callable[[Run], None]] = {
            "embed": lambda run: embed(run, chunks_version=None, embedder_version=embedder),
            "index": lambda run: build_release(run, chunks_version=None, embedder_version=embedder),
        }
        steps = [(job, command, named.get(command, work)) for job, command, work in STEPS if command in BUILT]
        return {step[1]: run_step(self.project, step, self._runs) for step in steps}

    def champion(self) -> str:
        return open_searcher(self.project.settings(), with_encoder=False)._release

    def versions(self) -> list[int | None]:
        return [self.project.lake.version(table) for table in (DOCUMENTS, CHUNKS, EMBEDDINGS)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, spark: object) -> ServedLine:
    return ServedLine(tmp_path_factory.mktemp("served") / "project", spark)


def statuses(manifests: dict[str, RunManifest]) -> dict[str, str]:
    return {command: manifest.status for command, manifest in manifests.items()}


def test_every_event_of_the_line_is_as_the_specification_has_it(served: ServedLine) -> None:
    lake = served.project.lake.uri
    events = [json.loads(read_bytes(uri) or b"") for uri in list_files(f"{lake}/_lineage")]
    assert {event["eventType"] for event in events} == {"START", "COMPLETE"}
    assert {event["job"]["name"].split(".")[-1] for event in events} >= {
        "ingest",
        "preprocess",
        "embed",
        "index",
        "evaluate",
        "promote",
    }
    assert [problem for event in events for problem in problems(event)] == []


def test_a_second_run_with_nothing_changed_makes_nothing(served: ServedLine) -> None:
    before = served.versions(), served.champion()
    again = statuses(served.run())
    assert {again[command] for command in ("ingest", "gate documents", "preprocess", "gate chunks", "embed", "index")} == {
        "nothing_to_do"
    }
    assert (served.versions(), served.champion()) == before


def test_a_changed_chunk_size_starts_again_at_preprocess(served: ServedLine) -> None:
    documents, champion = served.project.lake.version(DOCUMENTS), served.champion()
    served.configure(preprocess={"chunk": {"max_tokens": 48}})
    again = served.run()
    assert again["ingest"].status == "nothing_to_do"
    assert again["gate documents"].status == "done"  # which is what starts preprocess_corpus
    assert {again[command].status for command in ("preprocess", "gate chunks", *BUILT)} == {"done"}
    assert served.project.lake.version(DOCUMENTS) == documents
    assert again["index"].facts["release"] != int(champion)


def test_a_changed_model_starts_again_at_embed(served: ServedLine) -> None:
    chunks = served.project.lake.version(CHUNKS)
    served.configure(embedding={"model": "model8"})
    again = served.run()
    assert again["preprocess"].status == "nothing_to_do"
    assert again["gate chunks"].status == "done"  # which is what starts build_release
    assert {again[command].status for command in BUILT} == {"done"}
    assert again["embed"].counts["reused"] == 0
    assert served.project.lake.version(CHUNKS) == chunks


def test_feedback_trains_an_embedder_and_its_release_is_judged(served: ServedLine) -> None:
    steps = {
        "feedback": collect,
        "gate": lambda run: gate(run, "feedback"),
        "pairs": make_pairs,
        "finetune": lambda run: finetune(run, force=False),
    }

    def feedback(number: int) -> dict[str, RunManifest]:
        return {job: served.project.run(job, work, run_id=f"{job}-feedback-{number}") for job, work in steps.items()}

    assert set(statuses(feedback(1)).values()) == {"nothing_to_do"}
    searcher = open_searcher(served.project.settings(), with_encoder=False)
    landing = Path(served.project.settings().feedback.landing)
    landing.mkdir(parents=True)
    asked = ("limescale in the machine", "tunnel to the office is down", "who pays for my hotel breakfast?")
    with (landing / "monday.jsonl").open("w") as file:
        for number, (question, hits) in enumerate(zip(asked, searcher.search(list(asked), k=4, mode="lexical"), strict=True)):
            ranked = [hit.chunk_id for hit in hits]
            event = {"event_id": str(number), "query": question, "release": int(served.champion()), "ranked": ranked}
            file.write(json.dumps({**event, "clicked": ranked[1:2], "user": "ada", "time": "2026-01-31T12:00:00Z"}) + "\n")
    served.configure(feedback={"min_new_pairs": 2})

    trained = feedback(2)
    assert set(statuses(trained).values()) == {"done"}
    again = served.rebuild(event_extra("embedder", trained["finetune"], "")["version"])
    assert set(statuses(again).values()) == {"done"}
    assert again["promote"].facts["outcome"] in ("promoted", "refused")


def test_a_second_pipeline_runs_beside_the_first_without_touching_it(served: ServedLine) -> None:
    before = served.versions(), served.champion()
    tree = yaml.safe_load(served.project.config.read_text())
    second = served.project.second("second", {**tree, "pipeline": "second"})
    assert set(statuses(run_line(second)).values()) == {"done"}
    assert open_searcher(second.settings(), with_encoder=False)._release == "1"
    assert (served.versions(), served.champion()) == before
