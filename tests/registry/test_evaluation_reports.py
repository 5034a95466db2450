"""What a report says of deleted documents leaves it; the rest stays as it was."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from mlflow import artifacts

from ragline.config.settings import Settings
from ragline.contracts.metrics import Metric
from ragline.evaluate.query_table import query_results, to_csv
from ragline.evaluate.report import html_report
from ragline.registry.evaluation_reports import redact_queries, redact_report, redact_reports
from ragline.registry.tracking import experiment_id
from tests.evaluate.small_evaluation import EVALUATION
from tests.project import Project

if TYPE_CHECKING:
    from mlflow import MlflowClient

METRIC = Metric.NDCG_10


@pytest.fixture
def settings(project: Project) -> Settings:
    return project.settings()


def logged(client: "MlflowClient", settings: Settings, queries: str, report: str) -> str:
    run = client.create_run(experiment_id(client, settings), tags={"ragline.release": "2"}).info.run_id
    client.log_text(run, queries, "queries.csv")
    client.log_text(run, report, "report.html")
    return str(run)


def stored(client: "MlflowClient", run: str, name: str) -> str:
    return str(artifacts.load_text(f"{client.get_run(run).info.artifact_uri}/{name}"))


def test_rows_about_a_document_go_from_table_and_page() -> None:
    queries, page = to_csv(query_results(EVALUATION, METRIC)), html_report(EVALUATION, METRIC)
    gone = frozenset({"bills"})
    assert "who pays" in queries and "who pays" in page

    table, report = redact_queries(queries, gone), redact_report(page, gone)

    assert "who pays" not in table and "who pays" not in report and "bills.md" not in table + report
    assert "who travels" in table
    assert table.splitlines() == [line for line in queries.splitlines() if "who pays" not in line]
    assert report.count("<table>") == report.count("</table>") == page.count("</table>")


def test_other_documents_leave_a_report_byte_for_byte_as_it_was() -> None:
    evaluation = replace(EVALUATION, originals={"a copy": "bills"})
    queries, page = to_csv(query_results(evaluation, METRIC)), html_report(evaluation, METRIC)
    assert (redact_queries(queries, frozenset({"other"})), redact_report(page, frozenset({"other"}))) == (queries, page)


def test_a_deleted_copy_takes_the_row_of_its_original_along() -> None:
    evaluation = replace(EVALUATION, originals={"copy": "bills"})
    assert "who pays" not in redact_queries(to_csv(query_results(evaluation, METRIC)), frozenset({"copy"}))
    assert "who pays" not in redact_report(html_report(evaluation, METRIC), frozenset({"copy"}))


def test_reports_in_mlflow_are_redacted_once(client: "MlflowClient", settings: Settings) -> None:
    run = logged(client, settings, to_csv(query_results(EVALUATION, METRIC)), html_report(EVALUATION, METRIC))
    assert redact_reports(client, settings, {"other"}) == 0
    assert redact_reports(client, settings, {"bills", "other"}) == 1
    assert "who pays" not in stored(client, run, "queries.csv") + stored(client, run, "report.html")
    assert "who travels" in stored(client, run, "queries.csv")
    assert redact_reports(client, settings, {"bills", "other"}) == 0


def test_a_report_that_does_not_say_what_it_is_about_is_removed(client: "MlflowClient", settings: Settings) -> None:
    run = logged(client, settings, "query_id,query\n1,who pays\n", "<p>who pays</p>")
    assert redact_reports(client, settings, {"bills"}) == 1
    assert client.list_artifacts(run) == []
