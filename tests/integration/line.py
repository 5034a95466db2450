"""The whole line on the fixture corpus, run in this process, and what it left behind in comparable form."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import (
    CHUNK_STATE,
    CHUNKS,
    DOCUMENT_STATE,
    DOCUMENTS,
    DUPLICATES,
    EMBEDDINGS,
    ITEMS,
    QUARANTINE,
    TOMBSTONES,
    Table,
)
from ragline.embed.job import embed
from ragline.evaluate.job import evaluate
from ragline.gates.job import gate
from ragline.index.job import build_release
from ragline.ingest.job import Scope, ingest
from ragline.preprocess.job import preprocess
from ragline.promote.job import promote
from ragline.runtime.run import Run
from tests.project import Project

Step = tuple[str, str, Callable[[Run], None]]

# (run manifest's job, command line, the same as a function)
STEPS: list[Step] = [
    ("ingest", "ingest", lambda run: ingest(run, Scope())),
    ("gate", "gate documents", lambda run: gate(run, "documents")),
    ("preprocess", "preprocess", lambda run: preprocess(run, documents_version=None, full_refresh=False)),
    ("gate", "gate chunks", lambda run: gate(run, "chunks")),
    ("embed", "embed", lambda run: embed(run, chunks_version=None, embedder_version=None)),
    ("gate", "gate embeddings", lambda run: gate(run, "embeddings")),
    ("index", "index", lambda run: build_release(run, chunks_version=None, embedder_version=None)),
    ("evaluate", "evaluate", lambda run: evaluate(run, release=None, judgments=None, run_file=None)),
    ("promote", "promote", lambda run: promote(run, release=None, approved_by=None)),
]

# Columns that say when and by which commit, not what. (The metadata hash covers the URI, which names the project's folder.)
_VOLATILE = {
    "seq",
    "fetched_at",
    "changed_at",
    "deleted_at",
    "seen_at",
    "vector",
    "metadata_hash",
    "change_marker",
    "part_hashes",
    "row_hash",
    "listed_at",
}


def run_step(project: Project, step: Step, number: int = 1) -> RunManifest:
    """Run one job; its manifest."""
    job, command, work = step
    return project.run(job, work, run_id=f"{command.replace(' ', '-')}-{number}")


def run_line(project: Project, number: int = 1) -> dict[str, RunManifest]:
    """Run every job of the line in order; manifests by command."""
    return {step[1]: run_step(project, step, number) for step in STEPS}


def what_counts(project: Project) -> dict[str, Any]:
    """Every table's rows that count, times and commits aside, and what the registry says."""
    from ragline.registry.releases import releases
    from ragline.registry.tracking import connect

    tables = (DOCUMENTS, ITEMS, QUARANTINE, CHUNKS, DOCUMENT_STATE, CHUNK_STATE, DUPLICATES, TOMBSTONES, EMBEDDINGS)
    state: dict[str, Any] = {table.name: _rows(project, table) for table in tables}
    known = releases(connect(project.settings()), project.settings())
    state["releases"] = [(r.version, r.aliases, json.loads(r.tags["ragline.counts"])) for r in known]
    return state


def _rows(project: Project, table: Table) -> list[str]:
    names = [name for name in table.schema.names if name not in _VOLATILE]
    rows = project.lake.read(table, columns=names).to_pylist()
    return sorted(json.dumps(row, sort_keys=True).replace(str(project.root), "PROJECT") for row in rows)


def vectors(project: Project) -> dict[str, np.ndarray]:
    """Vectors by text hash."""
    rows = project.lake.read(EMBEDDINGS, columns=["text_hash", "vector"]).to_pylist()
    return {row["text_hash"]: np.array(row["vector"]) for row in rows}
