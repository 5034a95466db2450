"""Outlook messages (MSG), by python-oxmsg (MIT)."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import oxmsg

from ragline.ingest.extract.parse import html, plain
from ragline.ingest.extract.parse.clean import clean_text
from ragline.ingest.extract.parse.dates import iso_date
from ragline.ingest.extract.parse.decoding import decode_any
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.unpack.mail import mail_document
from ragline.ingest.extract.unpack.member import Member, shown_name
from ragline.ingest.item import ItemRefused, Refusal


def read_outlook(content: bytes) -> tuple[Callable[[], Parsed], list[Member]]:
    """A call that makes the document of a message, and its attachments."""
    with _errors_as_refusal():
        message = oxmsg.Message.load(io.BytesIO(content))
        attached = [_attachment(one, number) for number, one in enumerate(message.attachments, start=1)]
    return lambda: _document(message), attached


@contextmanager
def _errors_as_refusal() -> Iterator[None]:
    try:
        yield
    except (ItemRefused, MemoryError):
        raise
    except Exception as error:  # the library checks little of what it reads
        raise ItemRefused("parse_error", f"A damaged Outlook message: {type(error).__name__}: {str(error)[:200]}.") from error


def _document(message: Any) -> Parsed:
    with _errors_as_refusal():
        return mail_document(
            subject=" ".join(clean_text(message.subject or "").split()),
            sender=[clean_text(message.sender)] if message.sender else [],
            recipients=[clean_text(f"{one.name} <{one.email_address}>") for one in message.recipients],
            date=iso_date(message.sent_date),
            bodies=[_body(message)],
        )


def _body(message: Any) -> str:
    if page := message.html_body:
        raw = page if isinstance(page, bytes) else page.encode("utf-8", "replace")
        if text := html.parse(decode_any(raw).text.encode(), "utf-8").text.strip():
            return text
    words = clean_text(message.body or "")
    return plain.parse(words.encode(), "utf-8").text if words.strip() else ""


def _attachment(attachment: Any, number: int) -> Member:
    name = shown_name(attachment.file_name or f"attachment-{number}")
    if not attachment.attached_by_value:
        return Member(name, refusal=Refusal("unsupported_member", "A link to a file, or an Outlook object, not a file."))
    return Member(name, attachment.file_bytes or b"", attachment.mime_type or "")
