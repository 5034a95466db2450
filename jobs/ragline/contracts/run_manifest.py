"""The small JSON every job leaves behind, at a place its caller can compute."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["running", "done", "nothing_to_do", "gate_failed", "bad_input", "failed"]


class DatasetUse(BaseModel):
    """One dataset a job read or wrote: a table and its version, or a release and its number."""

    name: str
    version: int | None = None
    rows: int | None = None


class RunManifest(BaseModel):
    """What a job did. Times are ISO 8601 UTC, durations seconds, memory bytes."""

    model_config = ConfigDict(extra="forbid")

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
    """Where the manifest of a run is, whether or not the run has started."""
    return f"{lake_uri.rstrip('/')}/_runs/{job}/{run_id}.json"
