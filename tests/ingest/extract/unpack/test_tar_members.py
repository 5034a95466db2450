import bz2
import gzip
import lzma

import pytest

from tests.ingest.extract.archives import tarred
from tests.ingest.extract.unpack.members import MEMBERS, READ, outcomes


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_each_member_of_a_tar_file_is_a_part(mode):
    assert outcomes(tarred(MEMBERS, mode), "x.bin") == READ


def test_a_tar_file_from_before_the_magic_number_is_one():
    content = bytearray(tarred({"a.txt": b"Words.\n"}))
    content[257:512] = bytes(255)
    content[148:156] = b" " * 8
    content[148:156] = b"%06o\0 " % sum(content[:512])
    assert outcomes(bytes(content)) == {"a.txt": "Words.\n"}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_file_is_the_file_in_it(pack):
    assert outcomes(pack(b"# A\n"), "folder/a.md.gz") == {"a.md" if pack else "": "# A\n"}
