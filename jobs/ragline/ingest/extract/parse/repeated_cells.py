"""Cells and rows that an OpenDocument spreadsheet repeats a thousand times and more: gaps, as a rule, for which kreuzberg
leaves the whole sheet out."""

import io
import re
import zipfile

_CONTENT = "content.xml"
_REPEATED = re.compile(rb"(number-(?:rows|columns)-repeated=[\"'])\d{4,}(?=[\"'])")


def without_long_repeats(content: bytes) -> bytes:
    """The spreadsheet with each of them once; the same bytes if it has none."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if _CONTENT not in package.namelist() or not _REPEATED.search(cells := package.read(_CONTENT)):
            return content
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
            for entry in package.infolist():
                once = _REPEATED.sub(rb"\g<1>1", cells) if entry.filename == _CONTENT else package.read(entry)
                copy.writestr(entry.filename, once)
        return target.getvalue()
