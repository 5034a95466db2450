"""How well the detectors do on texts that were labelled by others."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from tests.privacy.detection import found

KINDS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "US_SSN": "ssn",
    "IP_ADDRESS": "ip",
}


@pytest.mark.shared_data
def test_finds_what_is_labelled_and_little_else(shared_data: Path) -> None:
    labelled: Counter[str] = Counter()
    right: Counter[str] = Counter()
    reported: Counter[str] = Counter()
    for row in json.loads(gzip.decompress((shared_data / "pii" / "synth_dataset_v2.json.gz").read_bytes())):
        truth = Counter(
            (KINDS[span["entity_type"]], span["entity_value"]) for span in row["spans"] if span["entity_type"] in KINDS
        )
        findings = Counter(found(row["full_text"]))
        for counts, pairs in ((labelled, truth), (reported, findings), (right, truth & findings)):
            for (kind, _), count in pairs.items():
                counts[kind] += count
    assert {kind: right[kind] / labelled[kind] for kind in labelled if right[kind] / labelled[kind] < 0.95} == {}
    assert {kind: right[kind] / reported[kind] for kind in reported if right[kind] / reported[kind] < 0.90} == {}
    assert set(labelled) == set(KINDS.values())
