import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragline.contracts.tables import DUPLICATES
from ragline.lake.commits import Commit
from ragline.registry import releases as registry
from tests.evaluate.handbook import HANDBOOK, document_of, release_handbook, run_evaluate
from tests.project import Project
from tests.retrieval.examples import table_of

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from ragline.retrieval.encoder import Encoder

NONSENSE = "Nothing of interest is written here."


@pytest.fixture
def served(project: Project, client: "MlflowClient", minilm: "Encoder") -> Project:
    """A project whose first release serves."""
    release_handbook(project, HANDBOOK, minilm, "first")
    registry.set_alias(client, project.settings(), "champion", 1)
    return project


def tags_of(client: "MlflowClient", project: Project, version: int) -> dict[str, str]:
    return registry.find_release(client, project.settings(), version).tags


def artifact(client: "MlflowClient", mlflow_run: str, name: str) -> str:
    import mlflow.artifacts

    return str(mlflow.artifacts.load_text(f"{client.get_run(mlflow_run).info.artifact_uri}/{name}"))


def test_the_first_release_is_measured_and_called_first(project: Project, client: "MlflowClient", minilm: "Encoder") -> None:
    release_handbook(project, HANDBOOK, minilm, "first")
    manifest = run_evaluate(project)
    assert manifest.status == "done", manifest.message
    assert manifest.counts["queries"] == 4
    tags = tags_of(client, project, 1)
    assert tags["ragline.verdict"] == "first"
    assert tags["ragline.verdict.champion"] == ""
    assert json.loads(tags["ragline.metrics"]) == {"nDCG@10": 1.0, "R@10": 1.0, "RR@10": 1.0}
    assert manifest.facts["modes"]["dense"]["RR@10"] == 1.0


def test_a_release_that_answers_worse_is_worse_and_the_report_names_the_queries(
    served: Project, client: "MlflowClient", minilm: "Encoder"
) -> None:
    coffee, vpn = HANDBOOK["coffee"][0], HANDBOOK["vpn"][0]
    release_handbook(served, {**HANDBOOK, "coffee": (coffee, NONSENSE), "vpn": (vpn, f"{NONSENSE} Again.")}, minilm, "second")
    manifest = run_evaluate(served)
    assert manifest.facts["verdict"] == "worse", manifest.message
    tags = tags_of(client, served, 2)
    assert (tags["ragline.verdict"], tags["ragline.verdict.champion"]) == ("worse", "1")
    mlflow_run = tags["ragline.evaluation_run"]
    rows = list(csv.DictReader(io.StringIO(artifact(client, mlflow_run, "queries.csv"))))
    assert {row["query"] for row in rows if float(row["difference"]) < 0} == {coffee, vpn}
    assert rows[0]["champion_rank"] == "1"
    assert "Queries that got worse" in artifact(client, mlflow_run, "report.html")
    figures = client.get_run(mlflow_run).data.metrics
    assert figures["losses/nDCG_10"] == 2
    assert figures["both/champion/nDCG_10"] == 1.0


def test_a_release_with_better_text_is_not_worse(served: Project, minilm: "Encoder") -> None:
    summary, text = HANDBOOK["garden"]
    release_handbook(served, {**HANDBOOK, "garden": (summary, f"{text} Use the blue can.")}, minilm, "second")
    assert run_evaluate(served).facts["verdict"] == "not_worse"


def test_a_corpus_that_grew_is_compared_on_the_documents_both_releases_hold(served: Project, minilm: "Encoder") -> None:
    copies = {f"copy{i}": (f"Copy {i}", f"How to clean the espresso machine: rule {i}.") for i in range(3)}
    release_handbook(served, {**HANDBOOK, **copies}, minilm, "second")
    manifest = run_evaluate(served)
    assert manifest.facts["verdict"] == "not_worse", manifest.message
    assert manifest.facts["metrics"]["RR@10"] < 1.0  # as it serves, the new documents do get in the way
    assert manifest.counts["queries"] == 4


def test_a_release_that_only_deletes_is_not_measured(served: Project, client: "MlflowClient", minilm: "Encoder") -> None:
    release_handbook(served, {name: HANDBOOK[name] for name in ("vpn", "travel")}, minilm, "second")
    manifest = run_evaluate(served)
    assert manifest.facts["verdict"] == "deletes_only"
    assert tags_of(client, served, 2)["ragline.metrics"] == "{}"
    assert "without 2 chunks" in manifest.message


def test_too_few_queries_leave_a_release_unmeasured(served: Project, minilm: "Encoder") -> None:
    release_handbook(served, {**HANDBOOK, "new": ("A new page", "All about the new page.")}, minilm, "second")
    manifest = run_evaluate(served, "evaluation.min_queries=20")
    assert manifest.facts["verdict"] == "unmeasured"
    assert "only 4 queries" in manifest.message
    assert "20 are needed" in manifest.message


def test_the_champion_keeps_the_verdict_it_was_promoted_with(served: Project, client: "MlflowClient") -> None:
    manifest = run_evaluate(served, release="champion")
    assert manifest.facts["verdict"] == "serving"
    assert manifest.facts["metrics"]["nDCG@10"] == 1.0
    assert "ragline.verdict" not in tags_of(client, served, 1)


@pytest.fixture
def judgments(tmp_path: Path) -> Path:
    folder = tmp_path / "judgments"
    (folder / "qrels").mkdir(parents=True)
    queries = {"q1": "espresso cleaning", "q2": "watering roof plants", "q3": "what became of the fax machine"}
    lines = [json.dumps({"_id": query_id, "text": text}) for query_id, text in queries.items()]
    (folder / "queries.jsonl").write_text("\n".join(lines) + "\n")
    qrels = "query-id\tcorpus-id\tscore\nq1\tcoffee.md\t1\nq2\tgarden.md\t2\nq2\tcoffee.md\t0\nq3\tfax.md\t1\n"
    (folder / "qrels" / "test.tsv").write_text(qrels)
    return folder


def test_judgments_are_by_the_sources_own_ids_and_so_is_the_run_file(served: Project, judgments: Path, tmp_path: Path) -> None:
    file = tmp_path / "out" / "champion.run"
    manifest = run_evaluate(served, judgments=judgments, run_file=file)
    assert manifest.status == "done", manifest.message
    assert manifest.counts["queries"] == 2
    assert manifest.drops == {"not_in_both_releases": 1}
    first = [line.split() for line in file.read_text().splitlines() if line.split()[3] == "1"]
    assert [line[:4] for line in first] == [["q1", "Q0", "coffee.md", "1"], ["q2", "Q0", "garden.md", "1"]]


def test_a_copy_stands_for_the_document_it_was_dropped_for(served: Project, judgments: Path, minilm: "Encoder") -> None:
    moved = {("cafe" if name == "coffee" else name): entry for name, entry in HANDBOOK.items()}
    release_handbook(served, {**moved, "new": ("A new page", "All about the new page.")}, minilm, "second")
    copy = {
        "dropped_id": document_of("coffee"),
        "kept_id": document_of("cafe"),
        "level": "document",
        "doc_id": document_of("coffee"),
        "method": "exact",
        "score": 1.0,
        "deleted": False,
    }
    served.lake.append(DUPLICATES, table_of(DUPLICATES, [copy]), Commit("copies", "preprocess"))
    manifest = run_evaluate(served, "evaluation.min_queries=2", judgments=judgments)
    assert manifest.facts["verdict"] == "not_worse", manifest.message
    assert manifest.counts["queries"] == 2
    assert manifest.facts["metrics"]["RR@10"] == 1.0


def test_a_second_evaluation_of_the_same_release_finds_the_same(served: Project, minilm: "Encoder") -> None:
    release_handbook(served, {**HANDBOOK, "coffee": (HANDBOOK["coffee"][0], NONSENSE)}, minilm, "second")
    first, second = run_evaluate(served), run_evaluate(served)
    assert (first.facts["reason"], first.facts["metrics"]) == (second.facts["reason"], second.facts["metrics"])
