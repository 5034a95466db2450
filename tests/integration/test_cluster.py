"""The same rows on one machine and on a cluster."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ragline.contracts.tables import CHUNKS, DOCUMENTS, DUPLICATES, ITEMS, OUTCOMES, QUARANTINE, Table
from ragline.runtime.lake import Lake
from tests.conftest import Project
from tests.integration.spark_cluster import cluster_settings, spark_cluster

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600)]

TABLES = (DOCUMENTS, ITEMS, QUARANTINE, CHUNKS, OUTCOMES, DUPLICATES)
STEPS = ("ingest", "gate documents", "preprocess", "gate chunks")
_TIMES = {"fetched_at", "changed_at", "seen_at", "seq"}


def run_spark_stages(project: Project, lake: Path, *overrides: str) -> dict[str, list[str]]:
    """Ingest and preprocess into a lake of its own, as a person would; every table's rows, times aside."""
    for step in STEPS:
        settings = [part for override in (f"lake.uri={lake}", *overrides) for part in ("--set", override)]
        command = [sys.executable, "-m", "ragline.cli", *step.split(), "--config", str(project.config), *settings]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, f"{step}: {done.stderr[-3000:]}"
    return {table.name: rows(Lake(str(lake)), table) for table in TABLES}


def rows(lake: Lake, table: Table) -> list[str]:
    found: list[dict[str, Any]] = lake.read(table).to_pylist()
    return sorted(str({name: value for name, value in row.items() if name not in _TIMES}) for row in found)


def test_a_cluster_of_two_workers_gives_the_rows_of_one_core(tmp_path):
    project = Project(tmp_path / "project")
    (project.corpus / "odd.md").write_bytes(b"caf\xe9 \x81\x8d")
    (project.corpus / "copy.md").write_text((project.corpus / "guides/vpn.md").read_text())
    for number in range(80):  # more than are taken in without Spark
        (project.corpus / f"note{number}.md").write_text(f"# Note {number}\n\nIts answer is {number * number}.\n")
    with spark_cluster(tmp_path / "cluster") as master:
        on_cluster = run_spark_stages(project, tmp_path / "cluster-lake", *cluster_settings(master))
    on_one_core = run_spark_stages(project, tmp_path / "local-lake", "spark.master=local[1]")
    for table, expected in on_one_core.items():
        assert on_cluster[table] == expected, table
    assert len(on_one_core["documents"]) == 93
