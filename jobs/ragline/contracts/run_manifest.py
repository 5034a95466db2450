"""The small JSON every job leaves behind, at a place its caller can compute.

A reader may be older than the job whose manifest it reads: keys may be added at any time and are ignored by a reader that
does not know them. ``format`` is raised when a key that there is changes its meaning.
"""

import json
from typing import Any, Literal, get_args

from pydantic import BaseModel, Field, ValidationError

from ragline.contracts.path_names import path_name
from ragline.errors import LakeError

RUN_MANIFEST_FORMAT = 1

Status = Literal["running", "done", "nothing_to_do", "gate_failed", "bad_input", "failed"]


class DatasetUse(BaseModel):
    """One dataset a job read or wrote: a table and its version, or a release and its number."""

    name: str
    version: int | None = None
    rows: int | None = None


class RunManifest(BaseModel):
    """What a job did. Times are ISO 8601 UTC, durations seconds, memory bytes."""

    format: int = RUN_MANIFEST_FORMAT
    job: str
    pipeline: str
    run_id: str
    status: Status = "running"
    started_at: str
    ended_at: str | None = None
    wall_seconds: float | None = None
    cpu_seconds: float | None = None
    peak_memory_bytes: int | None = None
    message: str = ""
    inputs: list[DatasetUse] = Field(default_factory=list)
    outputs: list[DatasetUse] = Field(default_factory=list)
    counts: dict[str, int] = Field(default_factory=dict)
    drops: dict[str, int] = Field(default_factory=dict)
    timings: dict[str, float] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    facts: dict[str, Any] = Field(default_factory=dict)


def run_manifest_uri(lake_uri: str, job: str, run_id: str) -> str:
    """Where the manifest of a run is, whether or not the run has started.

    Raises:
        ConfigError: the run id cannot be part of a path.
    """
    return f"{lake_uri.rstrip('/')}/_runs/{path_name(job, 'The job')}/{path_name(run_id, 'The run id')}.json"


def read_run_manifest(content: bytes) -> RunManifest:
    """The manifest in a file's content, whichever version of Ragline wrote it.

    Unknown keys are ignored. A status that this version does not know counts as failed: nobody can build on a run that ended
    in a way unheard of.

    Raises:
        LakeError: the content is no manifest.
    """
    try:
        stored = json.loads(content)
        status = stored.get("status", "running")
        if status not in get_args(Status):
            said = f"The job ended as {status!r}, which this version of Ragline does not know. {stored.get('message', '')}"
            stored = {**stored, "status": "failed", "message": said.strip()}
        return RunManifest.model_validate(stored)
    except (ValueError, AttributeError, TypeError, ValidationError) as error:
        raise LakeError(f"This is no run manifest: {error}") from error
