"""The whole line through a real Airflow: assets start DAGs, DAGs run jobs, jobs make a release that serves.

One Airflow serves all tests. Each makes its own change, compares with what was before it, and leaves the change in place.
What the jobs do with other changes is in tests/integration/test_line.py, without Airflow.
"""

import json

import pytest

from ragline.contracts.tables import CHUNKS, DOCUMENTS, EMBEDDINGS
from ragline.lake.publications import last_published
from ragline.runtime.lineage import read_events
from ragline.runtime.lineage_datasets import used_dataset
from ragline.runtime.lineage_walk import DatasetVersion, walk_back
from ragline_local.line import LineView
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
    named = used_dataset(airflow.project.settings(), "release")
    release = DatasetVersion(named.namespace, named.name, "1")
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


def test_a_changed_chunk_size_starts_again_at_preprocess_and_a_gate_that_fails_publishes_nothing(
    served: AirflowProject,
) -> None:
    champion, published, documents = served.champion(), last_published(served.lake, "chunks"), served.lake.version(DOCUMENTS)
    suite = served.project.root / "expectations" / "chunks.json"
    kept = suite.read_text()
    impossible = {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "text", "regex": "^nothing$"}}
    suite.write_text(json.dumps({"name": "chunks", "expectations": [impossible]}))
    served.configure(preprocess={"chunk": {"max_tokens": 48}})
    try:
        view = served.line()
    finally:
        suite.write_text(kept)
    assert states(view) == {
        "ingest_corpus.stage": "skipped",
        "ingest_corpus.commit": "skipped",
        "ingest_corpus.gate_documents": "success",
        "preprocess_corpus.preprocess": "success",
        "preprocess_corpus.gate_chunks": "failed",
    }
    assert served.lake.version(DOCUMENTS) == documents
    assert last_published(served.lake, "chunks") == published
    assert served.champion() == champion


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
