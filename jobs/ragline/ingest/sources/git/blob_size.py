"""How large an object of a git repository is, without reading it: its header says so."""

import zlib
from pathlib import Path
from typing import IO, cast

from dulwich.object_store import DiskObjectStore
from dulwich.objects import ObjectID
from dulwich.pack import Pack, take_msb_bytes

_OFFSET_DELTA, _REFERENCE_DELTA = 6, 7  # gitformat-pack(5)
_HEADER_BYTES = 256


def blob_size(store: DiskObjectStore, blob: str) -> int | None:
    """Bytes of an object, wherever in the store it is; None if it is not there (a partial clone leaves contents out)."""
    for pack in store.packs:
        try:
            offset = pack.index.object_offset(ObjectID(blob.encode()))
        except KeyError:
            continue
        return _packed(pack, offset)
    loose = Path(str(store.path)) / blob[:2] / blob[2:]
    if loose.is_file():
        with loose.open("rb") as stream:
            return int(_inflated(stream).partition(b"\0")[0].split()[1])
    sizes = (blob_size(cast(DiskObjectStore, other), blob) for other in store.alternates)
    return next((size for size in sizes if size is not None), None)


def _packed(pack: Pack, offset: int) -> int:
    with Path(str(pack.data.path)).open("rb") as stream:
        stream.seek(offset)
        header, _ = take_msb_bytes(stream.read)
        kind = (header[0] >> 4) & 7
        if kind == _OFFSET_DELTA:
            take_msb_bytes(stream.read)
        elif kind == _REFERENCE_DELTA:
            stream.read(pack.object_format.oid_length)
        else:
            return (header[0] & 0x0F) | _number(header[1:]) << 4
        delta = list(_inflated(stream))  # begins with the size of what it is applied to, then that of what comes out
    base = next(place for place, byte in enumerate(delta) if not byte & 0x80)
    end = next(place for place, byte in enumerate(delta) if place > base and not byte & 0x80)
    return _number(delta[base + 1 : end + 1])


def _inflated(stream: IO[bytes]) -> bytes:
    return zlib.decompressobj().decompress(stream.read(_HEADER_BYTES), _HEADER_BYTES)


def _number(digits: list[int]) -> int:
    """Seven bits a byte, the lowest first."""
    return sum((digit & 0x7F) << 7 * place for place, digit in enumerate(digits))
