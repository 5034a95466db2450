"""What an evaluation found, as an HTML page for people."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from ragline.evaluate.metrics import METRICS, means
from ragline.evaluate.outcome import Outcome
from ragline.evaluate.query_table import QueryResult, query_results

_SHOWN = 50
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}"
    "td,th{padding:.25rem .75rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}"
)


def html_report(outcome: Outcome, metric: str) -> str:
    """A page: the verdict and why, both releases' metrics, the queries that got worse, those that got better."""
    against = f" against release {outcome.champion}, the champion" if outcome.champion else ""
    parts = [
        f"<h1>Release {outcome.release}{against}</h1>",
        f"<p><strong>{escape(outcome.verdict.replace('_', ' '))}</strong>: {escape(outcome.reason)}.</p>",
    ]
    if outcome.measurement and outcome.questions:
        results = query_results(outcome, metric)
        parts += [_asked(outcome), _means(outcome), *_queries(outcome, results, metric)]
    title = f"Evaluation of release {outcome.release}"
    return f"<!doctype html><meta charset=utf-8><title>{title}</title><style>{_STYLE}</style>\n" + "\n".join(parts) + "\n"


def _asked(outcome: Outcome) -> str:
    questions = outcome.questions
    if questions is None:
        return ""
    masked = " Each query was taken out of the text that was searched for it." if questions.masked else ""
    left_out = f" {questions.left_out:,} more have no relevant document in both releases." if questions.left_out else ""
    return f"<p>{len(questions.queries):,} queries from {escape(questions.origin)}.{left_out}{masked}</p>"


def _means(outcome: Outcome) -> str:
    measured = outcome.measurement
    if measured is None:
        return ""
    rows = [[f"release {outcome.release}, {mode}", *_figures(figures)] for mode, figures in measured.modes.items()]
    if measured.champion:
        rows.append([f"release {outcome.release}, documents in both", *_figures(means(measured.release.scores))])
        rows.append([f"release {outcome.champion}, documents in both", *_figures(means(measured.champion.scores))])
        differences = [
            f"{c.difference:+.4f} ({c.low:+.4f} to {c.high:+.4f}); {c.wins} better, {c.losses} worse, {c.ties} equal"
            for c in measured.comparisons.values()
        ]
        rows.append(["difference (95% interval)", *differences])
    return _table(["", *METRICS], rows)


def _figures(figures: Mapping[str, float]) -> list[str]:
    return [f"{figures[name]:.4f}" if name in figures else "-" for name in METRICS]


def _queries(outcome: Outcome, results: Sequence[QueryResult], metric: str) -> Iterable[str]:
    if outcome.champion is None:
        weakest = [result for result in results if result.release < 1]
        yield _listing("Queries answered least well", weakest, metric)
        return
    yield _listing("Queries that got worse", [result for result in results if result.difference < 0], metric)
    yield _listing("Queries that got better", [result for result in reversed(results) if result.difference > 0], metric)


def _listing(heading: str, results: Sequence[QueryResult], metric: str) -> str:
    if not results:
        return f"<h2>{heading}</h2><p>None.</p>"
    note = f"<p>The first {_SHOWN} of {len(results):,}.</p>" if len(results) > _SHOWN else ""
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
        for result in results[:_SHOWN]
    ]
    return f"<h2>{heading}</h2>{note}{_table(columns, rows)}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>\n{body}</table>"
