"""Members of a tar file, and of one packed by gzip, bzip2 or xz; also a single file packed so."""

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

from ragline.ingest.extract.detect import is_tar
from ragline.ingest.extract.parse.media_types import BZIP2, GZIP, TAR, XZ
from ragline.ingest.extract.unpack.budget import Budget
from ragline.ingest.extract.unpack.member import Member, shown_name, unsafe_path
from ragline.ingest.item import ItemRefused, Refusal

_OPENERS: dict[str, Callable[[IO[bytes]], Any]] = {GZIP: gzip.open, BZIP2: bz2.BZ2File, XZ: lzma.LZMAFile}
_DAMAGED = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, OverflowError)
_BLOCK = 1 << 20


def tar_members(content: bytes, media_type: str, name: str, budget: Budget) -> Iterator[Member]:
    """Every file of a tar archive, packed or not; of any other packed file, the one it holds.

    Raises:
        ItemRefused: the archive as a whole is damaged, too large or too full.
    """
    if media_type != TAR:
        content = _unpacked(content, media_type, budget)
        if not is_tar(content):
            budget.take_members(1)
            yield Member(_name_inside(name), content)
            return
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for entry in archive:
                if not entry.isdir():
                    budget.take_members(1)
                    yield _member(archive, entry, budget)
    except _DAMAGED as error:
        raise ItemRefused("parse_error", f"A damaged tar file: {str(error)[:200]}.") from error


def _unpacked(content: bytes, media_type: str, budget: Budget) -> bytes:
    blocks: list[bytes] = []
    size = 0
    try:
        with _OPENERS[media_type](io.BytesIO(content)) as stream:
            while block := stream.read(_BLOCK):
                size += len(block)
                budget.check_bytes(size, len(content))
                blocks.append(block)
    except _DAMAGED as error:
        raise ItemRefused("parse_error", f"A damaged {media_type} file: {str(error)[:200]}.") from error
    budget.take_bytes(size)
    return b"".join(blocks)


def _name_inside(name: str) -> str:
    """``notes.txt`` of ``notes.txt.gz``."""
    shown = shown_name(name).rpartition("/")[2]
    stem, dot, suffix = shown.rpartition(".")
    return stem if dot and stem and suffix.lower() in ("gz", "bz2", "xz") else shown or "content"


def _member(archive: tarfile.TarFile, entry: tarfile.TarInfo, budget: Budget) -> Member:
    name = shown_name(entry.name)
    if refusal := unsafe_path(name):
        return Member(name, refusal=refusal)
    if not entry.isfile():
        return Member(name, refusal=Refusal("unsupported_member", "A link, a device or a pipe, not a file."))
    budget.take_bytes(entry.size)
    stream = archive.extractfile(entry)
    content = stream.read(entry.size) if stream else b""
    if len(content) < entry.size:
        return Member(name, refusal=Refusal("parse_error", f"It ends after {len(content):,} of {entry.size:,} bytes."))
    return Member(name, content)
