from dataclasses import replace

from ragline.contracts.metrics import Metric
from ragline.evaluate.report import html_report
from tests.evaluate.small_evaluation import EVALUATION


def test_the_report_says_verdict_figures_and_which_queries_got_worse() -> None:
    page = html_report(EVALUATION, Metric.NDCG_10)
    assert "<h1>Release 2 against release 1, the champion</h1>" in page
    assert "<strong>worse</strong>: its nDCG@10 is &lt;lower&gt;." in page
    assert "2 queries from judgments/mine. 3 more have no relevant document in both releases." in page
    assert "<td>-0.2500 (-0.5000 to +0.0000); 0 better, 1 worse, 1 equal</td>" in page
    worse, better = page.split("Queries that got worse")[1].split("Queries that got better")
    assert "who pays" in worse
    assert "who travels" not in worse
    assert "None." in better


def test_every_metric_has_a_column() -> None:
    page = html_report(EVALUATION, Metric.NDCG_10)
    assert all(f"<th>{metric}</th>" in page for metric in Metric)


def test_a_release_that_was_not_measured_has_only_a_verdict() -> None:
    page = html_report(replace(EVALUATION, verdict="deletes_only", measurement=None, query_set=None), Metric.NDCG_10)
    assert "<strong>deletes only</strong>" in page
    assert "<table>" not in page


def test_whatever_queries_and_names_hold_is_text_on_the_page() -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=y>\"'"
    measurement, query_set = EVALUATION.measurement, EVALUATION.query_set
    assert measurement is not None and query_set is not None
    queries = [replace(query, text=hostile, origin=hostile) for query in measurement.queries]
    page = html_report(
        replace(
            EVALUATION,
            reason=hostile,
            source_ids=dict.fromkeys(EVALUATION.source_ids or {}, hostile),
            measurement=replace(measurement, queries=queries),
            query_set=replace(query_set, origin=hostile),
        ),
        Metric.NDCG_10,
    )
    assert page.count("&lt;script&gt;") >= 5
    assert "<script" not in page and "<img" not in page
