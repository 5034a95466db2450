"""``manifest.json`` of a release bundle: everything it was made from, and how it answers."""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import ragline
from ragline.contracts.deletion_policy import DeletionPolicy
from ragline.contracts.release_migrations import RELEASE_FORMAT, migrate, stored_format
from ragline.contracts.release_spec import ReleaseSpec
from ragline.errors import ReleaseError


class EmbedderRef(BaseModel):
    """The registered model that a release answers with, and the fingerprint of the one it was fine-tuned from."""

    name: str
    version: int
    base_fingerprint: str = ""


class BundleFile(BaseModel):
    """One file of the bundle, by its path inside it."""

    sha256: str
    size: int


class ReleaseManifest(BaseModel):
    """Immutable description of a release. ``fingerprint`` identifies its content:
    two builds from the same inputs and settings have the same one.

    ``left_out`` are documents (``doc_id``) that the chunks' version holds and the release does not, because they were deleted and
    their deadline has passed; ``redacted_from`` is the release whose place it took for that.

    ``format`` and ``ragline_version`` keep their names in every format to come: by them an older reader can say what it lacks.
    """

    model_config = ConfigDict(extra="ignore")

    format: int = RELEASE_FORMAT
    pipeline: str
    fingerprint: str
    lake_uri: str
    inputs: dict[str, int]
    embedder: EmbedderRef
    spec: ReleaseSpec
    search: DeletionPolicy = DeletionPolicy()
    counts: dict[str, int]
    run_id: str
    input_runs: dict[str, str] = Field(default_factory=dict)
    ragline_version: str
    created_at: str
    left_out: list[str] = Field(default_factory=list)
    redacted_from: int | None = None
    files: dict[str, BundleFile] = Field(default_factory=dict)


def read_release_manifest(content: bytes) -> ReleaseManifest:
    """The manifest in a file's content, brought up to today's format.

    Raises:
        ReleaseError: it is damaged, or of a format that only a newer Ragline reads.
    """
    try:
        stored = _object(json.loads(content))
        if stored_format(stored) > RELEASE_FORMAT:
            raise _too_new(stored)
        return ReleaseManifest.model_validate(migrate(stored))
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise ReleaseError(f"The manifest is damaged: {type(error).__name__}: {error}") from error


def _object(stored: Any) -> dict[str, Any]:
    if not isinstance(stored, dict):
        raise TypeError("it is no JSON object")
    return stored


def _too_new(stored: dict[str, Any]) -> ReleaseError:
    builder = stored.get("ragline_version", "of unknown number")
    return ReleaseError(
        f"The release has format {stored_format(stored)}; this is Ragline {ragline.__version__}, which reads formats up to "
        f"{RELEASE_FORMAT}. Use Ragline {builder}, which built it and whose wheel is in the bundle, or a later one."
    )
