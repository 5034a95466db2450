"""Chunks are made again when the dumped settings change, so that equal configurations must have equal dumps for ever."""

from typing import Any

import pytest

from ragline.config.preprocess import PreprocessSettings
from ragline.contracts.fingerprints import fingerprint


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "19eeabca6d1042f0"),
        # What is a default is the same configuration, said or not.
        (
            {"chunk": {"target_tokens": None, "piece_tokens": 40, "separators": ["\n\n", "\n", ".", "?", "!", " "]}},
            "19eeabca6d1042f0",
        ),
        ({"chunk": {"strategy": "recursive", "overlap_tokens": 20}}, "cd4c88758e591fa6"),
        ({"chunk": {"strategy": "semantic", "max_tokens": 100}}, "e66587f80b2eff57"),
        (
            {"filters": {"rules": {"gopher_hashes": True, "wordless": {"min": 2}}}, "personal_data": {"kinds": {"email": "tag"}}},
            "1f4a3c63cc1f3e8f",
        ),
    ],
)
def test_dumped_settings_are_what_earlier_versions_dumped(given: dict[str, Any], expected: str) -> None:
    settings = PreprocessSettings.model_validate(given)
    # As config/fingerprints.py dumps them: how long a document may take makes no other chunks.
    assert fingerprint(settings.model_dump(mode="json", exclude={"seconds_per_document"})) == expected
