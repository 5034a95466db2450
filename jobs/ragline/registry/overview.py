"""Facts about a pipeline for people: its tables, its releases, its last runs. Plain data, ready for JSON."""

import json
from collections.abc import Sequence
from typing import Any

from pyarrow import fs

from ragline.config.settings import Settings
from ragline.contracts.tables import TABLES, Table
from ragline.lake.files import open_filesystem
from ragline.lake.lake import Lake
from ragline.lake.publications import last_published
from ragline.lake.run_manifests import load_run_manifest
from ragline.registry import releases as registry
from ragline.registry.releases import ReleaseVersion

_IN_STATUS = 5


def describe_release(release: ReleaseVersion) -> dict[str, Any]:
    """One release: aliases, verdict, metrics, what it was made from."""
    tags = release.tags
    return {
        "release": release.version,
        "aliases": list(release.aliases),
        "verdict": tags.get(registry.VERDICT, ""),
        "reason": tags.get(registry.VERDICT_REASON, ""),
        "rolled_back": tags.get(registry.ROLLED_BACK, ""),
        "metrics": json.loads(tags.get(registry.METRICS) or "{}"),
        "counts": json.loads(tags.get(registry.COUNTS) or "{}"),
        "inputs": json.loads(tags.get(registry.INPUTS) or "{}"),
        "embedder": tags.get(registry.EMBEDDER_VERSION, ""),
        "fingerprint": tags.get(registry.RELEASE_FINGERPRINT, ""),
        "created_at": tags.get(registry.CREATED_AT, ""),
        "run": tags.get(registry.BUILD_RUN, ""),
        "source": release.source,
    }


def pipeline_status(settings: Settings, known: Sequence[ReleaseVersion]) -> dict[str, Any]:
    """Tables (rows that count, newest and published version, bytes), the newest releases and all that have an alias,
    and the last run of each job."""
    lake = Lake(settings.lake.uri)
    shown = [release for place, release in enumerate(known) if place < _IN_STATUS or release.aliases]
    return {
        "pipeline": settings.pipeline,
        "lake": lake.uri,
        "tracking": settings.tracking.uri,
        "tables": [facts for table in TABLES.values() if (facts := _describe_table(lake, table))],
        "releases": [describe_release(release) for release in shown],
        "runs": last_runs(lake.uri),
    }


def _describe_table(lake: Lake, table: Table) -> dict[str, Any] | None:
    delta = lake.open(table)
    if delta is None:
        return None
    published = last_published(lake, table.name)
    files = delta.get_add_actions(flatten=True)
    return {
        "table": table.name,
        "rows": lake.read(table, columns=[table.key[0]]).num_rows,
        "version": delta.version(),
        "published": None if published is None else published.version,
        "bytes": sum(size.as_py() for size in files["size_bytes"]),
    }


def last_runs(lake_uri: str) -> list[dict[str, Any]]:
    """The last run of each job, newest first."""
    filesystem, root = open_filesystem(f"{lake_uri}/_runs")
    newest: dict[str, fs.FileInfo] = {}
    for info in filesystem.get_file_info(fs.FileSelector(root, recursive=True, allow_not_found=True)):
        job = info.path[len(root) :].strip("/").split("/")[0]
        if info.extension == "json" and (job not in newest or info.mtime_ns > newest[job].mtime_ns):
            newest[job] = info
    manifests = [load_run_manifest(lake_uri + "/_runs" + info.path[len(root) :]) for info in newest.values()]
    found = sorted((manifest for manifest in manifests if manifest), key=lambda manifest: manifest.started_at, reverse=True)
    wanted = {"job", "run_id", "status", "started_at", "wall_seconds", "message", "counts"}
    return [manifest.model_dump(include=wanted) for manifest in found]
