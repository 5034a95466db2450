"""Sources and lake on an object store, Spark on a cluster: the same rows as on one machine, and a release that serves."""

import os
import subprocess
import sys
from typing import Any

import pytest

from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS, DUPLICATES, ITEMS, QUARANTINE, Table
from ragline.lake.lake import Lake
from tests.integration.object_store import BUCKET, object_store
from tests.integration.spark_cluster import cluster_settings, spark_cluster
from tests.project import Project

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

TABLES = (DOCUMENTS, ITEMS, QUARANTINE, CHUNKS, DOCUMENT_STATE, CHUNK_STATE, DUPLICATES)
SPARK_STAGES = ("ingest", "gate documents", "preprocess", "gate chunks")
THE_REST = ("embed", "gate embeddings", "index", "evaluate", "promote")
_TIMES = {"fetched_at", "changed_at", "seen_at", "listed_at", "seq"}


class Line:
    """Commands of one pipeline, run as a person would."""

    def __init__(self, project: Project, environment: dict[str, str]) -> None:
        self._project, self._environment = project, environment

    def run(self, *commands: str, settings: tuple[str, ...] = ()) -> str:
        """Run them in order; what the last one printed."""
        shown = ""
        for command in commands:
            options = [part for setting in settings for part in ("--set", setting)]
            argv = [sys.executable, "-m", "ragline.cli", *command.split(), "--config", str(self._project.config), *options]
            environment = {**os.environ, **self._environment}
            done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=300, check=False)
            assert done.returncode == 0, f"{command}: {done.stderr[-3000:]}"
            shown = done.stdout + done.stderr
        return shown


def rows(lake: Lake, table: Table) -> list[str]:
    found: list[dict[str, Any]] = lake.read(table).to_pylist()
    return sorted(str({name: value for name, value in row.items() if name not in _TIMES}) for row in found)


def fill(client: Any, project: Project) -> None:
    """The handbook, one document that cannot be read, one copy, and more notes than are taken in without Spark."""
    for file in sorted(path for path in project.corpus.rglob("*") if path.is_file()):
        client.put_object(Bucket=BUCKET, Key=f"docs/{file.relative_to(project.corpus)}", Body=file.read_bytes())
    client.put_object(Bucket=BUCKET, Key="docs/empty.md", Body=b"")
    client.put_object(Bucket=BUCKET, Key="docs/copy.md", Body=(project.corpus / "guides/vpn.md").read_bytes())
    for number in range(70):
        note = f"# Note {number}\n\nIts answer is {number * number}.\n"
        client.put_object(Bucket=BUCKET, Key=f"docs/note{number}.md", Body=note.encode())


def test_a_cluster_on_an_object_store_gives_the_rows_of_one_core_and_a_release(tmp_path, monkeypatch):
    project = Project(tmp_path / "project")
    with object_store() as (environment, client):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        fill(client, project)
        project.configure(
            sources=[{"name": "handbook", "type": "folder", "uri": f"s3://{BUCKET}/docs"}],
            lake={"uri": f"s3://{BUCKET}/lake"},
            promotion={"on_unmeasured": "promote"},
        )
        line = Line(project, environment)
        with spark_cluster(tmp_path / "cluster") as master:
            line.run(*SPARK_STAGES, settings=cluster_settings(master))
        line.run(*SPARK_STAGES, settings=(f"lake.uri={tmp_path / 'lake'}", "spark.master=local[1]"))
        for table in TABLES:
            assert rows(Lake(f"s3://{BUCKET}/lake"), table) == rows(Lake(str(tmp_path / "lake")), table), table.name

        line.run(*THE_REST)
        assert "guides/telescope.html" in line.run("search tripod")
        client.delete_object(Bucket=BUCKET, Key="docs/guides/telescope.html")
        client.put_object(Bucket=BUCKET, Key="docs/badge.md", Body=b"# Badges\n\nAsk at the desk for a badge.\n")
        assert "1 new, 0 changed, 0 moved, 1 deleted" in line.run("ingest")
        line.run("gate documents")
        assert "guides/telescope.html" not in line.run("search tripod")
