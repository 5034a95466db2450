"""Workbooks with cells far out, the last row of a sheet say: kreuzberg leaves such a sheet out, or writes all rows between."""

import io
import re
import zipfile

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=\"(\d{1,9})\"")
_COLUMN = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{1,3})\d")
# A sheet of so many places, of which so few are filled.
_LARGE, _FILLED = 20_000, 0.5


def has_sparse_sheet(content: bytes) -> bool:
    """Whether a sheet of an XLSX workbook spans many more places than it has cells."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return any(_is_sparse(package.read(name)) for name in package.namelist() if _SHEET.fullmatch(name))


def _is_sparse(sheet: bytes) -> bool:
    columns = _COLUMN.findall(sheet)
    if not columns:
        return False
    rows = max(map(int, _ROW.findall(sheet)), default=1)
    places = rows * max(_number(column) for column in set(columns))
    return places > _LARGE and len(columns) < _FILLED * places


def _number(column: bytes) -> int:
    """1 of A, 27 of AA."""
    number = 0
    for letter in column:
        number = 26 * number + letter - 64
    return number
