"""What must hold for every DAG."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ragline.contracts.names import DAG_KINDS
from tests.orchestration.dag_files import DAGS, FILES, probe
from tests.project import Project

HEAVY = (
    "torch",
    "pyspark",
    "faiss",
    "mlflow",
    "great_expectations",
    "sentence_transformers",
    "transformers",
    "datasets",
    "tantivy",
    "ir_measures",
    "pandas",
    "deltalake",
)


SECOND_HOURS = {"preprocess_corpus": 48, "promote_release": 0.5}


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every DAG file, imported for a project of two pipelines, each in a process of its own."""
    project = Project(tmp_path_factory.mktemp("policy") / "project")
    second = project.config.with_name("second.yaml")
    second.write_text(project.config.read_text().replace("pipeline: handbook", "pipeline: second"))
    limited = yaml.safe_load(second.read_text())
    second.write_text(yaml.safe_dump({**limited, "airflow": {**limited.get("airflow", {}), "task_hours": SECOND_HOURS}}))
    return {file.stem: result for file, result in zip(FILES, probe(project.root, *FILES), strict=True)}


def dags(parsed: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [dag for file in parsed.values() for dag in file["dags"]]


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_a_dag_file_imports_cleanly_quickly_and_without_heavy_modules(name: str, parsed: dict[str, dict[str, Any]]) -> None:
    result = parsed[name]
    assert result["error"] == ""
    assert result["seconds"] < 2
    assert [module for module in HEAVY if module in result["modules"]] == []


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_a_dag_file_does_no_work_when_it_is_imported(name: str, parsed: dict[str, dict[str, Any]]) -> None:
    assert parsed[name]["work"] == []


def test_every_kind_has_one_dag_for_each_pipeline(parsed: dict[str, dict[str, Any]]) -> None:
    expected = sorted(f"{pipeline}.{kind}" for pipeline in ("handbook", "second") for kind in DAG_KINDS)
    assert sorted(dag["dag_id"] for dag in dags(parsed)) == expected


def test_every_dag_is_documented_tagged_and_runs_once_at_a_time(parsed: dict[str, dict[str, Any]]) -> None:
    for dag in dags(parsed):
        pipeline, _, kind = dag["dag_id"].partition(".")
        assert set(dag["tags"]) == {"ragline", pipeline, kind}
        assert len(dag["doc"].strip()) > 40, dag["dag_id"]
        assert dag["max_active_runs"] == 1
        assert dag["catchup"] is False
        assert all(dag["params"].values()), f"{dag['dag_id']} has a parameter without a description"


def test_every_task_has_an_owner_retries_and_tells_of_its_failure(parsed: dict[str, dict[str, Any]]) -> None:
    for dag in dags(parsed):
        for task in dag["tasks"]:
            assert task["owner"] == "ragline"
            assert task["retries"] == 1
            assert task["notifies"], task["task_id"]


def test_every_task_has_a_time_limit_which_the_configuration_says(parsed: dict[str, dict[str, Any]]) -> None:
    tasks = [(dag["dag_id"], task) for dag in dags(parsed) for task in dag["tasks"]]

    assert [(dag, task["task_id"]) for dag, task in tasks if not task["hours"]] == []
    assert {task["hours"] for dag, task in tasks if dag == "handbook.preprocess_corpus"} == {24}
    assert {task["hours"] for dag, task in tasks if dag == "second.preprocess_corpus"} == {48}
    assert {task["hours"] for dag, task in tasks if dag == "second.promote_release"} == {0.5}


def test_only_the_last_task_of_a_dag_announces_an_asset(parsed: dict[str, dict[str, Any]]) -> None:
    for dag in dags(parsed):
        upstream = {name for task in dag["tasks"] for name in task["upstream"]}
        for task in dag["tasks"]:
            assert not (task["outlets"] and task["task_id"] in upstream), task["task_id"]


# What starts each DAG, and what it announces. Airflow has no other link between them.
LINKS = {
    "ingest_corpus": ((), "documents"),
    "preprocess_corpus": (("documents",), "chunks"),
    "build_release": (("chunks", "embedder"), "release"),
    "evaluate_release": (("release",), "verdict"),
    "promote_release": (("verdict",), None),
    "collect_feedback": ((), "pairs"),
    "finetune_embedder": (("pairs",), "embedder"),
    "rollback_release": ((), None),
    "maintain_lake": ((), None),
}


def test_dags_are_linked_by_assets_and_no_announcement_goes_unheard(parsed: dict[str, dict[str, Any]]) -> None:
    found = {}
    for dag in dags(parsed):
        pipeline, _, kind = dag["dag_id"].partition(".")
        announced = [uri for task in dag["tasks"] for uri in task["outlets"]]
        found[pipeline, kind] = (dag["starts_on"], sorted(set(announced)))
    assert found == {
        (pipeline, kind): (
            sorted(f"ragline://{pipeline}/{asset}" for asset in starts),
            [f"ragline://{pipeline}/{announced}"] if announced else [],
        )
        for pipeline in ("handbook", "second")
        for kind, (starts, announced) in LINKS.items()
    }
    assert set(LINKS) == set(DAG_KINDS)
    heard = {asset for starts, _ in LINKS.values() for asset in starts}
    assert {announced for _, announced in LINKS.values() if announced} == heard


def test_heavy_tasks_share_the_pool_of_the_machines_memory(parsed: dict[str, dict[str, Any]]) -> None:
    heavy = {task["task_id"] for dag in dags(parsed) for task in dag["tasks"] if task["pool"] == "ragline_heavy"}
    assert heavy == {"stage", "preprocess", "embed", "evaluate", "finetune"}


def test_a_gate_still_runs_after_a_stage_that_had_nothing_to_do(parsed: dict[str, dict[str, Any]]) -> None:
    for dag in dags(parsed):
        for task in dag["tasks"]:
            if task["upstream"] and not dag["dag_id"].endswith("promote_release"):
                # What one source brought is committed and published though another failed.
                rule = "all_done" if task["task_id"] in ("commit", "gate_documents") else "none_failed"
                assert task["rule"] == rule, task["task_id"]


def test_both_halves_of_ingest_are_told_what_a_person_chose(parsed: dict[str, dict[str, Any]]) -> None:
    for dag in parsed["ingest_corpus"]["dags"]:
        options = {task["task_id"]: task["options"] for task in dag["tasks"]}
        assert options["stage"] == ["--allow-mass-delete", "--full-refresh", "--sample", "--stage"]
        assert options["commit"] == ["--allow-mass-delete", "--commit", "--sample", "--source"]


def test_a_dag_file_is_a_declaration_of_at_most_a_hundred_lines() -> None:
    assert {file.stem: len(file.read_text().splitlines()) for file in FILES if len(file.read_text().splitlines()) > 100} == {}


def test_a_broken_pipeline_is_one_import_error_and_leaves_the_others_their_dags(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.config.with_name("broken.yaml").write_text("pipeline: broken\nsourcez: []\n")
    for name in ("twin", "copy"):
        project.second(name, {"pipeline": "twin", "sources": [{"name": "docs", "type": "folder", "uri": "corpus"}]})

    others, visible = probe(project.root, DAGS / "ingest_corpus.py", DAGS / "broken_pipelines.py")

    assert [dag["dag_id"] for dag in others["dags"]] == ["handbook.ingest_corpus"]
    assert others["error"] == ""
    assert "broken.yaml" in visible["error"]
    assert "'sourcez'" in visible["error"]
    assert "both the pipeline 'twin'" in visible["error"]
    assert str(project.config.with_name("copy.yaml")) in visible["error"]
