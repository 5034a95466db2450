"""Dates that documents give of themselves, as ISO 8601, or nothing where they are no dates."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

_PDF = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+-])(\d\d)'?(\d\d)?|Z)?")


def iso_date(value: object) -> str:
    """The date of an ISO string or a datetime."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        return ""
    return found.isoformat(timespec="seconds")


def mail_date(value: str) -> str:
    """The date of a mail's header field."""
    try:
        return parsedate_to_datetime(value).isoformat(timespec="seconds")
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def pdf_date(value: str) -> str:
    """The date of a PDF's information dictionary: ``D:20240822125427+02'00'``."""
    found = _PDF.match(value.strip())
    if not found:
        return ""
    year, month, day, hour, minute, second, sign, hours, minutes = found.groups()
    zone = f"{sign}{hours}:{minutes or '00'}" if sign else "+00:00"
    return iso_date(f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone}")
