"""Runs of ingest on a small project, and what the lake holds after."""

from ragline.contracts.tables import DOCUMENTS, QUARANTINE
from ragline.ingest.job import Scope, ingest
from ragline.ingest.sync.effects import COUNTED
from ragline.ingest.sync.options import SyncOptions

ALL_OF_IT = 12


def run_ingest(project, *overrides, sources=None, **options):
    return project.run("ingest", lambda run: ingest(run, Scope(sources, SyncOptions(**options))), *overrides)


def counted(**numbers):
    return dict.fromkeys(COUNTED, 0) | numbers


def documents(project, **where):
    rows = {row["source_id"]: row for row in project.lake.read(DOCUMENTS).to_pylist()}
    return {name: row for name, row in rows.items() if all(row[key] == value for key, value in where.items())}


def refusals(project):
    rows = project.lake.read(QUARANTINE).to_pylist()
    return {row["source_id"]: row["reason"] for row in rows}


def two_sources(project):
    folder = {"type": "folder", "uri": "corpus"}
    guides, policies = {**folder, "uri": "corpus/guides"}, {**folder, "uri": "corpus/policies"}
    project.configure(sources=[{"name": "guides", **guides}, {"name": "policies", **policies}])
