"""The tables of queries that evaluations leave in MLflow, and how what is said of deleted documents leaves them.

A known-item query is a title or a summary of a document, so that a report holds content. Every row names the documents that it is
about (``doc_id``): in the column ``documents`` of ``queries.csv``, and in the attribute ``data-documents`` of ``report.html``.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator
from typing import Any

from mlflow import MlflowClient, artifacts
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from ragline.config.settings import Settings
from ragline.contracts.fingerprints import fingerprint
from ragline.registry.tracking import experiment_id

QUERIES, REPORT = "queries.csv", "report.html"
DOCUMENTS, ATTRIBUTE = "documents", "data-documents"
# Tags of an evaluation's run: the release that it measured, and the deleted documents (their fingerprint) it was redacted for.
RELEASE, REDACTED_FOR = "ragline.release", "ragline.redacted_for"
_ROW = re.compile(rf' {ATTRIBUTE}="([^"]*)"')


def redact_reports(client: MlflowClient, settings: Settings, documents: Collection[str]) -> int:
    """Take the rows about some documents out of every report; return how many reports were changed.

    A report of a version that did not say what its rows are about is removed. Figures stay. A run that was killed is completed by
    the next: each evaluation's run is marked when it is through.
    """
    if not documents:
        return 0
    mark, changed = fingerprint(sorted(documents)), 0
    for run in _evaluations(client, settings):
        if run.data.tags.get(REDACTED_FOR) != mark:
            changed += _redact(client, run, frozenset(documents))
            client.set_tag(run.info.run_id, REDACTED_FOR, mark)
    return changed


def reports_about(client: MlflowClient, settings: Settings, document: str) -> list[str]:
    """The runs of evaluations with a report about a document, or whose report does not say what it is about."""
    found = []
    for run in _evaluations(client, settings):
        if QUERIES in {artifact.path for artifact in client.list_artifacts(run.info.run_id)}:
            text = artifacts.load_text(f"{run.info.artifact_uri.rstrip('/')}/{QUERIES}")
            header, _, rows = text.partition("\n")
            if document in rows or DOCUMENTS not in header.split(","):
                found.append(str(run.info.run_id))
    return found


def _evaluations(client: MlflowClient, settings: Settings) -> Iterator[Any]:
    experiments, token = [experiment_id(client, settings)], None
    while True:
        page = client.search_runs(experiments, f"tags.`{RELEASE}` LIKE '%'", page_token=token)
        yield from page
        if not (token := page.token):
            return


def _redact(client: MlflowClient, run: Any, documents: frozenset[str]) -> bool:
    there = {artifact.path for artifact in client.list_artifacts(run.info.run_id)} & {QUERIES, REPORT}
    texts = {name: artifacts.load_text(f"{run.info.artifact_uri.rstrip('/')}/{name}") for name in there}
    if DOCUMENTS not in texts.get(QUERIES, "").partition("\n")[0].split(","):
        for name in there:
            get_artifact_repository(run.info.artifact_uri).delete_artifacts(name)
        return bool(there)
    redacted = {QUERIES: redact_queries(texts[QUERIES], documents), REPORT: redact_report(texts.get(REPORT, ""), documents)}
    changed = [name for name in there if redacted[name] != texts[name]]
    for name in changed:
        client.log_text(run.info.run_id, redacted[name], name)
    return bool(changed)


def redact_queries(text: str, documents: frozenset[str]) -> str:
    """The table without the rows about these documents."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    kept = io.StringIO(newline="")
    writer = csv.DictWriter(kept, reader.fieldnames or (), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in reader if documents.isdisjoint(row[DOCUMENTS].split()))
    return kept.getvalue()


def redact_report(text: str, documents: frozenset[str]) -> str:
    """The page without the rows about these documents. A row is one line."""

    def stays(line: str) -> bool:
        return all(documents.isdisjoint(names.split()) for names in _ROW.findall(line))

    return "".join(line for line in text.splitlines(keepends=True) if stays(line))
