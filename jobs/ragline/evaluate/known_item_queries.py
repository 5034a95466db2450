"""Known-item queries for a pipeline without judgments: a document's own summary, title or headings must find it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyarrow as pa

from ragline.config.evaluation import EvaluationSettings
from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.known_items import Kind, normalise_query, role_of
from ragline.evaluate.evaluated_release import EvaluatedRelease
from ragline.evaluate.query import Query

# What more documents than this share names a kind of section ("Installation"), not a document.
MAX_RELEVANT_DOCUMENTS = 5


def known_item_queries(
    release: EvaluatedRelease, summaries: Mapping[str, str], shared_documents: frozenset[str], settings: EvaluationSettings
) -> list[Query]:
    """At most ``max_queries`` queries, each with a relevant document among the ``shared_documents``.

    ``summaries`` are by doc_id. Where there are fewer than ``min_queries``, titles and headings become queries too, unless
    fine-tuning may train on them. Equal texts are one query with several relevant documents.
    """
    grouped = _usable(_group_by_text(_summaries_of(release, summaries)), shared_documents)
    if len(grouped) < settings.min_queries:
        grouped = {**_usable(_group_by_text(_titles_and_headings(release)), shared_documents), **grouped}
    # The ids are hashes: the first of them are a sample, and a growing corpus keeps most of it.
    return sorted(grouped.values(), key=lambda query: query.query_id)[: settings.max_queries]


def _usable(grouped: Mapping[str, Query], shared_documents: frozenset[str]) -> dict[str, Query]:
    return {
        name: query
        for name, query in grouped.items()
        if len(query.relevant) <= MAX_RELEVANT_DOCUMENTS and not shared_documents.isdisjoint(query.relevant)
    }


def read_summaries(documents: pa.Table) -> dict[str, str]:
    """``summary`` of the metadata of each document (columns doc_id, metadata) that has one, by doc_id."""
    found = {}
    for row in documents.to_pylist():
        summary = json.loads(row["metadata"] or "{}").get("summary")
        if isinstance(summary, str) and summary.strip():
            found[row["doc_id"]] = summary
    return found


def _summaries_of(release: EvaluatedRelease, summaries: Mapping[str, str]) -> Iterable[tuple[Kind, str, str]]:
    for doc, text in summaries.items():
        if doc in release.documents:
            yield "summary", text, doc


def _titles_and_headings(release: EvaluatedRelease) -> Iterable[tuple[Kind, str, str]]:
    rows = release.chunks.select(["title", "heading_path"]).to_pylist()
    for doc, row in zip(release.row_documents, rows, strict=True):
        if row["title"]:
            yield "title", row["title"], doc
        if row["heading_path"]:
            yield "heading", row["heading_path"][-1], doc


def _group_by_text(items: Iterable[tuple[Kind, str, str]]) -> dict[str, Query]:
    """Queries by their normal form; a text that is a title somewhere and a heading elsewhere is one query."""
    grouped: dict[str, Query] = {}
    for kind, text, doc in items:
        name = normalise_query(text)
        if sum(letter.isalpha() for letter in name) < 2 or role_of(kind, text) != "evaluation":
            continue
        known = grouped.get(name) or Query(fingerprint({"known item": name}), text, kind, {})
        grouped[name] = replace(known, relevant={**known.relevant, doc: 1})
    return grouped
