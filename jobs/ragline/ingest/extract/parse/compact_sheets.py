"""Workbooks with cells far out, in the last row of a sheet say. kreuzberg leaves such a sheet out, or writes all places between;
so its rows and columns are moved together before."""

import io
import re
import zipfile

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_ROW = re.compile(rb"(<(?:\w+:)?row\b[^<>]*?\br=\")(\d{1,9})(?=\")")
_CELL = re.compile(rb"(<(?:\w+:)?c\b[^<>]*?\br=\")([A-Z]{1,3})(\d{1,9})(?=\")")
_EMPTY_CELL = re.compile(rb"<(?:\w+:)?c\b[^<>]*/>")
_AREAS = re.compile(
    rb"<(?:\w+:)?dimension\b[^<>]*/>"
    rb"|<(?:\w+:)?mergeCells\b[^<]*+(?:<(?!/?(?:\w+:)?mergeCells\b)[^<]*+)*+</(?:\w+:)?mergeCells>"
)
# A sheet of so many places, of which so few are filled.
_LARGE, _FILLED = 20_000, 0.5


def compacted(content: bytes) -> bytes:
    """The workbook with no empty rows and columns in its sparse sheets; the same bytes if it has none."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheets = {name: package.read(name) for name in package.namelist() if _SHEET.fullmatch(name)}
        smaller = {name: _compact(sheet) for name, sheet in sheets.items() if _is_sparse(sheet)}
        if not smaller:
            return content
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
            for entry in package.infolist():
                copy.writestr(entry.filename, smaller.get(entry.filename) or package.read(entry))
        return target.getvalue()


def _is_sparse(sheet: bytes) -> bool:
    cells = _CELL.findall(sheet)
    if not cells:
        return False
    rows = max(int(row) for _, _, row in cells)
    places = rows * max(_number(column) for column in {column for _, column, _ in cells})
    return places > _LARGE and len(cells) < _FILLED * places


def _compact(sheet: bytes) -> bytes:
    sheet = _AREAS.sub(b"", _EMPTY_CELL.sub(b"", sheet))
    cells = _CELL.findall(sheet)
    columns = sorted({column for _, column, _ in cells}, key=_number)
    rows = sorted({row for _, _, row in cells}, key=int)
    letters = {column: _letters(number) for number, column in enumerate(columns, start=1)}
    numbers = {row: b"%d" % number for number, row in enumerate(rows, start=1)}
    # A row without cells is of no account; it goes to the end.
    sheet = _ROW.sub(lambda found: found[1] + numbers.get(found[2], b"%d" % (len(rows) + 1)), sheet)
    return _CELL.sub(lambda found: found[1] + letters[found[2]] + numbers[found[3]], sheet)


def _number(column: bytes) -> int:
    """1 of A, 27 of AA."""
    number = 0
    for letter in column:
        number = 26 * number + letter - 64
    return number


def _letters(number: int) -> bytes:
    """A of 1, AA of 27."""
    found = b""
    while number:
        number, rest = divmod(number - 1, 26)
        found = bytes([65 + rest]) + found
    return found
