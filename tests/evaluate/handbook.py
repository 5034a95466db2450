"""A handbook with summaries, released and judged."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ragline.contracts.fingerprints import chunk_id, doc_id, text_hash
from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import CHUNKS, DOCUMENTS, Table
from ragline.evaluate.job import evaluate
from ragline.index.job import build_release
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.publications import Publication, publish
from tests.project import Project
from tests.retrieval.examples import table_of, write_vectors

if TYPE_CHECKING:
    from ragline.retrieval.encoder import Encoder

# name → (summary, text); no title, so that a passage is its own encoder input.
Handbook = Mapping[str, tuple[str, str]]

HANDBOOK: Handbook = {
    "coffee": ("How to clean the espresso machine", "The espresso machine is descaled and cleaned every Friday."),
    "vpn": ("Reaching the payroll system from home", "From home, open the private network, then the payroll system."),
    "travel": ("Who pays for a hotel", "Hotel bills are paid back within thirty days of the trip."),
    "garden": ("Watering the plants on the roof", "Plants on the roof are watered in the morning."),
}


def document_of(name: str) -> str:
    return doc_id("handbook", f"{name}.md")


def write_handbook(lake: Lake, handbook: Handbook, encoder: "Encoder", name: str) -> None:
    """Write and publish documents, chunks and embeddings; what is not in ``handbook`` is deleted."""
    documents = [_document_row(doc, summary, text) for doc, (summary, text) in handbook.items()]
    kept = {row["doc_id"] for row in documents}
    gone = [
        {"doc_id": doc, "deleted": True}
        for doc in lake.read(DOCUMENTS, columns=["doc_id"])["doc_id"].to_pylist()
        if doc not in kept
    ]
    version = _publish(lake, DOCUMENTS, [*documents, *gone], name, {})
    chunks = [_chunk_row(doc, text) for doc, (_, text) in handbook.items()]
    _publish(lake, CHUNKS, [*chunks, *gone], name, {"documents": version})
    write_vectors(lake, encoder, name)


def _publish(lake: Lake, table: Table, rows: list[dict[str, object]], name: str, inputs: dict[str, int]) -> int:
    written: pa.Table = table_of(table, rows)
    version = lake.append(table, written, Commit(f"{table.name}-{name}", name, inputs))
    publish(lake, Publication(table.name, version, name, inputs=inputs))
    return version


def _document_row(name: str, summary: str, text: str) -> dict[str, object]:
    metadata = json.dumps({"summary": summary})
    return {
        "doc_id": document_of(name),
        "source_id": f"{name}.md",
        "title": "",
        "text": text,
        "metadata": metadata,
        "deleted": False,
    }


def _chunk_row(name: str, text: str) -> dict[str, object]:
    document = document_of(name)
    return {
        "chunk_id": chunk_id(document, text_hash(text), 0),
        "doc_id": document,
        "source": "handbook",
        "source_id": f"{name}.md",
        "title": "",
        "ordinal": 0,
        "text": text,
        "text_hash": text_hash(text),
        "span_start": 0,
        "span_end": len(text),
        "heading_path": [],
        "deleted": False,
    }


def release_handbook(project: Project, handbook: Handbook, encoder: "Encoder", name: str) -> None:
    """Write a handbook and build a release of it."""
    write_handbook(project.lake, handbook, encoder, name)
    manifest = project.run("index", partial(build_release, chunks_version=None, embedder_version=None), run_id=name)
    if manifest.status != "done":
        raise AssertionError(manifest.message)


def run_evaluate(
    project: Project,
    *overrides: str,
    release: str | None = None,
    judgments: Path | None = None,
    run_file: Path | None = None,
) -> RunManifest:
    return project.run(
        "evaluate", partial(evaluate, release=release, judgments=judgments, run_file=run_file), *overrides, run_id="evaluate"
    )
