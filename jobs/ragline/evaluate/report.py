"""The report of an evaluation: an HTML page for people."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import repeat

from ragline.contracts.metrics import Metric
from ragline.evaluate.metrics import means
from ragline.evaluate.query_table import QueryResult, query_results
from ragline.evaluate.verdict import Evaluation
from ragline.registry.evaluation_reports import ATTRIBUTE

_MAX_ROWS = 50
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}"
    "td,th{padding:.25rem .75rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}"
)


def html_report(evaluation: Evaluation, metric: Metric) -> str:
    """A page: the verdict and why, both releases' metrics, the queries that got worse, those that got better."""
    against = f" against release {evaluation.champion}, the champion" if evaluation.champion else ""
    parts = [
        f"<h1>Release {evaluation.release}{against}</h1>",
        f"<p><strong>{escape(evaluation.verdict.replace('_', ' '))}</strong>: {escape(evaluation.reason)}.</p>",
    ]
    if evaluation.measurement and evaluation.query_set:
        results = query_results(evaluation, metric)
        parts += [_query_paragraph(evaluation), _metric_table(evaluation), *_query_lists(evaluation, results, metric)]
    title = f"Evaluation of release {evaluation.release}"
    return f"<!doctype html><meta charset=utf-8><title>{title}</title><style>{_STYLE}</style>\n" + "\n".join(parts) + "\n"


def _query_paragraph(evaluation: Evaluation) -> str:
    query_set = evaluation.query_set
    if query_set is None:
        return ""
    masked = " Each query was taken out of the text that was searched for it." if query_set.masked else ""
    others = f" {query_set.not_in_both:,} more have no relevant document in both releases." if query_set.not_in_both else ""
    return f"<p>{len(query_set.queries):,} queries from {escape(query_set.origin)}.{others}{masked}</p>"


def _metric_table(evaluation: Evaluation) -> str:
    measurement = evaluation.measurement
    if measurement is None:
        return ""
    rows = [[f"release {evaluation.release}, {mode}", *_figures(figures)] for mode, figures in measurement.modes.items()]
    if measurement.champion:
        rows.append([f"release {evaluation.release}, documents in both", *_figures(means(measurement.release.scores))])
        rows.append([f"release {evaluation.champion}, documents in both", *_figures(means(measurement.champion.scores))])
        differences = [
            f"{c.difference:+.4f} ({c.low:+.4f} to {c.high:+.4f}); {c.wins} better, {c.losses} worse, {c.ties} equal"
            for c in measurement.comparisons.values()
        ]
        rows.append(["difference (95% interval)", *differences])
    return _table(["", *Metric], rows)


def _figures(figures: Mapping[Metric, float]) -> list[str]:
    return [f"{figures[metric]:.4f}" if metric in figures else "-" for metric in Metric]


def _query_lists(evaluation: Evaluation, results: Sequence[QueryResult], metric: Metric) -> Iterable[str]:
    if evaluation.champion is None:
        weakest = [result for result in results if result.release < 1]
        yield _query_list("Queries answered least well", weakest, metric)
        return
    yield _query_list("Queries that got worse", [result for result in results if result.difference < 0], metric)
    yield _query_list("Queries that got better", [result for result in reversed(results) if result.difference > 0], metric)


def _query_list(heading: str, results: Sequence[QueryResult], metric: Metric) -> str:
    if not results:
        return f"<h2>{heading}</h2><p>None.</p>"
    note = f"<p>The first {_MAX_ROWS} of {len(results):,}.</p>" if len(results) > _MAX_ROWS else ""
    columns = ["query", "from", "relevant", metric, "champion's", "rank", "champion's", "found first instead"]
    rows = [
        [
            result.query,
            result.origin,
            result.relevant,
            f"{result.release:.3f}",
            "-" if result.champion is None else f"{result.champion:.3f}",
            str(result.release_rank or "-"),
            str(result.champion_rank or "-"),
            "" if result.release_rank == 1 else result.release_found_first,
        ]
        for result in results[:_MAX_ROWS]
    ]
    return f"<h2>{heading}</h2>{note}{_table(columns, rows, [result.documents for result in results])}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], documents: Iterable[str] = repeat("")) -> str:
    """An HTML table. A row is one line; ``documents`` are the ids of those that each row is about, by which it can be found."""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(f"{_row(row, about)}\n" for row, about in zip(rows, documents, strict=False))
    return f"<table><tr>{head}</tr>\n{body}</table>"


def _row(cells: Sequence[str], documents: str) -> str:
    about = f' {ATTRIBUTE}="{escape(documents)}"' if documents else ""
    return f"<tr{about}>" + "".join(f"<td>{escape(' '.join(cell.split()))}</td>" for cell in cells) + "</tr>"
