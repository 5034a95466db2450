"""Members of a zip file, read one at a time, in memory, within a budget."""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator

from ragline.ingest.extract.unpack.budget import Budget
from ragline.ingest.extract.unpack.member import Member, shown_name, unsafe_path
from ragline.ingest.item import ItemRefused, Refusal

_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


def zip_members(content: bytes, budget: Budget) -> Iterator[Member]:
    """Every file of a zip archive.

    Raises:
        ItemRefused: the archive as a whole is damaged, too large or too full.
    """
    with _opened(content) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        check_sizes(entries, budget, len(content))
        budget.take_members(len(entries))
        for entry in entries:
            yield _member(archive, entry, budget)


def check_package(content: bytes, budget: Budget) -> None:
    """Check a document that is a zip file (DOCX, EPUB) before its parser unpacks it.

    Raises:
        ItemRefused: it is damaged, encrypted, too large or too full.
    """
    with _opened(content) as archive:
        entries = archive.infolist()
        check_sizes(entries, budget, len(content))
        if len(entries) > budget.limits.archive_members:
            raise ItemRefused(
                "archive_too_many_members", f"A document of {len(entries):,} parts (ingest.limits.archive_members)."
            )
        if any(entry.flag_bits & _ENCRYPTED for entry in entries) or "META-INF/rights.xml" in archive.namelist():
            raise ItemRefused("encrypted", "Its parts are encrypted.")


def check_sizes(entries: list[zipfile.ZipInfo], budget: Budget, packed: int) -> None:
    """Check the sizes that a zip file declares against the budget. They can be trusted: reading stops at the declared size."""
    budget.check_bytes(sum(entry.file_size for entry in entries), packed)
    for entry in entries:
        budget.check_bytes(entry.file_size, entry.compress_size)


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGED as error:
        raise ItemRefused("parse_error", f"A damaged zip file: {str(error)[:200]}.") from error


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget) -> Member:
    name = shown_name(entry.filename)
    mode = entry.external_attr >> 16
    if refusal := unsafe_path(name):
        return Member(name, refusal=refusal)
    if entry.create_system == 3 and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return Member(name, refusal=Refusal("unsupported_member", "A link or a device, not a file."))
    if entry.flag_bits & _ENCRYPTED:
        return Member(name, refusal=Refusal("encrypted", "Protected by a password."))
    budget.take_bytes(entry.file_size)
    try:
        with archive.open(entry) as stream:
            return Member(name, stream.read(entry.file_size))
    except _DAMAGED as error:
        return Member(name, refusal=Refusal("parse_error", f"A damaged member: {str(error)[:200]}."))
