"""Damaged variants of every sample: each must end in documents or documented reasons, through the parser's process."""

import random
import zlib
from pathlib import Path

import pytest

from ragline.config.ingest import ParseLimits
from ragline.ingest.extract.part import ParseRequest
from ragline.ingest.extract.sandbox.parser_process import ParserProcess
from tests.ingest.extract.soundness import sound

LIMITS = ParseLimits(seconds=10, memory_mb=1024)
VARIANTS = 2  # of each kind, for each sample


def damaged(content: bytes, seed: int) -> list[bytes]:
    """Truncations, variants with one and with many flipped bits, and ones where a piece is repeated."""
    chance = random.Random(seed)
    variants = [content[: chance.randrange(len(content))] for _ in range(VARIANTS)]
    for flips in (1, 20, 200):
        flipped = bytearray(content)
        for _ in range(flips):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        variants.append(bytes(flipped))
    for _ in range(VARIANTS):
        at = chance.randrange(len(content))
        variants.append(content[:at] + content[at : at + 500] * chance.randrange(20) + content[at:])
    return variants


def samples(shared_data: Path) -> list[Path]:
    found = [*(shared_data / "docling_samples").glob("*/sources/*"), *(shared_data / "hostile_text/emails").rglob("*.eml")]
    return sorted(path for path in found if path.is_file() and path.stat().st_size > 0)


@pytest.mark.shared_data
@pytest.mark.timeout(120)
def test_damaged_samples_end_in_documents_or_reasons(shared_data):
    outcomes: dict[str, int] = {}
    with ParserProcess(LIMITS) as process:
        for path in samples(shared_data):
            for content in damaged(path.read_bytes(), seed=zlib.crc32(path.name.encode())):
                for outcome in sound(process.parse(ParseRequest(content, path.name))):
                    outcomes[outcome] = outcomes.get(outcome, 0) + 1
    assert outcomes["document"] > 1000
    assert outcomes["parse_error"] > 300
    assert outcomes.get("parser_timeout", 0) == 0


@pytest.mark.shared_data
@pytest.mark.timeout(120)
def test_random_bytes_under_every_magic_number_end_in_reasons():
    chance = random.Random(7)
    magics = [
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x1f\x8b\x08",
        b"BZh9",
        b"\xfd7zXZ\x00",
        b"{\\rtf1 ",
        b"",
    ]
    with ParserProcess(LIMITS) as process:
        for magic in magics:
            for size in (10, 1000, 50_000):
                outcomes = sound(process.parse(ParseRequest(magic + chance.randbytes(size), "a.bin")))
                assert outcomes != ["document"] or magic == b"{\\rtf1 "
