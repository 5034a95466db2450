import gzip
import zlib

import pytest

from ragline.ingest.sources.website.body import is_readable, unpacked

TEXT = b"All that is gold does not glitter. " * 5000


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


@pytest.mark.parametrize("size", [1, 1000, 10**6])
@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("X-GZIP", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)[2:-4]),
        ("", TEXT),
        ("identity", TEXT),
    ],
)
def test_a_body_is_unpacked_however_it_arrives(size, encoding, packed):
    assert b"".join(unpacked(cut(packed, size), encoding)) == TEXT


def test_a_bomb_is_unpacked_in_small_blocks_and_no_further_than_it_is_read():
    bomb = gzip.compress(bytes(200 * 2**20), 9)
    blocks = unpacked([bomb], "gzip")
    first = [next(blocks) for _ in range(5)]
    assert max(map(len, first)) <= 1 << 16


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "gzip,deflate", "zstd"])
def test_what_is_packed_several_times_or_otherwise_is_not_unpacked(encoding):
    assert not is_readable(encoding)


def test_what_is_not_packed_as_it_says_is_an_error():
    with pytest.raises(zlib.error):
        list(unpacked([b"plain text"], "gzip"))
