"""The body of an answer, unpacked only as far as it may be kept: a few kilobytes can stand for gigabytes."""

import zlib
from collections.abc import Iterable, Iterator

_ENCODINGS = {"": None, "identity": None, "gzip": 31, "x-gzip": 31, "deflate": 15}  # to zlib's ``wbits``
_RAW_DEFLATE = -15


def is_readable(content_encoding: str) -> bool:
    """Whether a body of this ``Content-Encoding`` can be unpacked; one that is packed several times over cannot."""
    return content_encoding.strip().lower() in _ENCODINGS


def unpacked(blocks: Iterable[bytes], content_encoding: str, block_bytes: int = 1 << 16) -> Iterator[bytes]:
    """The body in blocks of no more than ``block_bytes``, whatever it is packed with.

    Raises:
        zlib.error: it is not packed as it says.
    """
    wbits = _ENCODINGS[content_encoding.strip().lower()]
    if wbits is None:
        yield from blocks
        return
    unpacker = None
    for block in blocks:
        if not block:
            continue
        if unpacker is None:
            unpacker = zlib.decompressobj(_raw_or(wbits, block))
        yield from _steps(unpacker, block, block_bytes)


def _steps(unpacker: "zlib._Decompress", block: bytes, block_bytes: int) -> Iterator[bytes]:
    rest = block
    while not unpacker.eof:
        made = unpacker.decompress(rest, block_bytes)
        rest = unpacker.unconsumed_tail
        if made:
            yield made
        if not rest and len(made) < block_bytes:
            return


def _raw_or(wbits: int, block: bytes) -> int:
    """Some servers send deflate without the head of zlib; the first byte tells: https://www.rfc-editor.org/rfc/rfc1950"""
    is_zlib = block[0] & 0x0F == 8 and block[0] >> 4 <= 7
    return _RAW_DEFLATE if wbits == 15 and not is_zlib else wbits
