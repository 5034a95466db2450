import bz2
import gzip
import lzma

import pytest

from tests.ingest.extract.archives import tarred, zipped
from tests.ingest.extract.unpack.members import outcomes


def test_nesting_ends_at_the_configured_depth():
    content = zipped({"x.md": "# X\n"})
    for level in range(3):
        content = zipped({f"{level}.zip": content, "beside.txt": "beside\n"})
    assert outcomes(content, archive_depth=1) == {
        "2.zip!/1.zip": "<archive_too_deep>",
        "2.zip!/beside.txt": "beside\n",
        "beside.txt": "beside\n",
    }


def test_a_zip_bomb_is_refused_as_a_whole():
    assert outcomes(zipped({"fine.txt": "fine", "zeros": bytes(300 * 2**20)}), archive_mb=100) == {"": "<archive_too_large>"}
    assert outcomes(zipped({"zeros": bytes(50 * 2**20)})) == {"": "<archive_too_large>"}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_bomb_is_refused(pack):
    assert outcomes(pack(bytes(60 * 2**20))) == {"": "<archive_too_large>"}


def test_a_nested_bomb_costs_its_own_archive():
    bomb = zipped({"zeros": bytes(50 * 2**20)})
    assert outcomes(zipped({"a.txt": "a", "bomb.zip": bomb})) == {"a.txt": "a\n", "bomb.zip": "<archive_too_large>"}


def test_many_small_members_together_are_too_large():
    import random

    noise = random.Random(1).randbytes(700_000)
    assert outcomes(tarred({f"{n}.bin": noise for n in range(3)}), archive_mb=2) == {"": "<archive_too_large>"}


def test_too_many_members():
    assert outcomes(zipped({f"{n}.txt": "x" for n in range(20)}), archive_members=19) == {"": "<archive_too_many_members>"}
    assert outcomes(tarred({f"{n}.txt": b"x" for n in range(20)}), archive_members=19) == {"": "<archive_too_many_members>"}


def test_all_text_of_an_item_counts_against_one_limit():
    members = {f"{n}.txt": "word " * 100_000 for n in range(4)}
    assert [text[:5] for text in outcomes(zipped(members), text_mb=1).values()] == ["word ", "word ", "<text", "<text"]
