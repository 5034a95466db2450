"""Fixtures of the ingest room."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The development corpora, which are not part of the project."""
    folder = Path(os.environ.get("RAGLINE_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no development corpora at {folder}; RAGLINE_SHARED_DATA may name another folder")
    return folder
