"""What a spreadsheet gets: cells that it shows and does not run."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# What begins a formula, in the wide forms of East Asia too. A spreadsheet may pass over blanks in front of it.
_BEGINS_FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"
_CONTROLS = {code: None for code in (*range(0x20), 0x7F) if code not in (0x09, 0x0A)}


def cell(value: Any) -> Any:
    """A value for CSV. Text that a spreadsheet would run as a formula gets a quote in front; numbers stay numbers.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)  # Python's csv does not quote a lone CR
    begins = text.lstrip()[:1] or text[:1]
    runs = begins in _BEGINS_FORMULA if begins else False
    return f"'{text}" if runs or text.startswith(("\t", "\n")) else text


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV with a header; every cell goes through ``cell``."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()
