"""Describe a pipeline as plain data: its tables, its releases and the last runs of its jobs."""

import json
from collections.abc import Sequence
from typing import Any

from pyarrow import fs

from ragline.config.settings import Settings
from ragline.contracts.redaction import redacted
from ragline.contracts.tables import TABLES, Table
from ragline.lake.files import open_filesystem
from ragline.lake.lake import Lake
from ragline.lake.publications import last_published
from ragline.lake.run_manifests import load_run_manifest
from ragline.registry import release_tags
from ragline.registry.release_version import ReleaseVersion

_NEWEST_RELEASES_SHOWN = 5


def describe_release(release: ReleaseVersion) -> dict[str, Any]:
    """Describe one release: aliases, verdict, metrics, and what it was built from."""
    tags = release.tags
    return {
        "release": release.version,
        "aliases": list(release.aliases),
        "verdict": tags.get(release_tags.VERDICT, ""),
        "reason": tags.get(release_tags.VERDICT_REASON, ""),
        "redacted_from": tags.get(release_tags.REDACTED_FROM, ""),
        "expired": json.loads(tags.get(release_tags.EXPIRED) or "{}"),
        "rolled_back": tags.get(release_tags.ROLLED_BACK, ""),
        "rejected_by": json.loads(tags.get(release_tags.REJECTED) or "{}").get("by", ""),
        "metrics": json.loads(tags.get(release_tags.METRICS) or "{}"),
        "counts": json.loads(tags.get(release_tags.COUNTS) or "{}"),
        "inputs": json.loads(tags.get(release_tags.INPUTS) or "{}"),
        "embedder": tags.get(release_tags.EMBEDDER_VERSION, ""),
        "fingerprint": tags.get(release_tags.RELEASE_FINGERPRINT, ""),
        "created_at": tags.get(release_tags.CREATED_AT, ""),
        "run": tags.get(release_tags.BUILD_RUN, ""),
        "source": release.source,
    }


def pipeline_status(settings: Settings, known: Sequence[ReleaseVersion]) -> dict[str, Any]:
    """Describe a pipeline: its tables, the newest releases and all that have an alias, and the last run of each job."""
    lake = Lake(settings.lake.uri)
    shown = [release for place, release in enumerate(known) if place < _NEWEST_RELEASES_SHOWN or release.aliases]
    return {
        "pipeline": settings.pipeline,
        "lake": lake.uri,
        "tracking": redacted(settings.tracking.uri),
        "tables": [facts for table in TABLES.values() if (facts := _describe_table(lake, table))],
        "releases": [describe_release(release) for release in shown],
        "runs": last_runs(lake.uri),
    }


def _describe_table(lake: Lake, table: Table) -> dict[str, Any] | None:
    """Its current rows, its newest and published versions, and its size; None for a table that was never written."""
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
    """Describe the last run of each job, newest first."""
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
