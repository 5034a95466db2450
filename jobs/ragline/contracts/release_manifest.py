"""``manifest.json`` of a release bundle: everything it was made from."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class EmbedderRef(BaseModel):
    """The encoder a release answers with."""

    name: str
    version: int
    fingerprint: str
    dimension: int
    base_fingerprint: str = ""


class BundleFile(BaseModel):
    """One file of the bundle, by its path inside it."""

    sha256: str
    size: int


class ReleaseManifest(BaseModel):
    """Immutable description of a release. ``fingerprint`` identifies its content:
    two builds from the same inputs and settings have the same one."""

    model_config = ConfigDict(extra="forbid")

    pipeline: str
    fingerprint: str
    lake_uri: str
    inputs: dict[str, int]
    embedder: EmbedderRef
    index: dict[str, Any]
    heading_prefix: bool
    counts: dict[str, int]
    run_id: str
    input_runs: dict[str, str] = Field(default_factory=dict)
    ragline_version: str
    created_at: str
    files: dict[str, BundleFile] = Field(default_factory=dict)
