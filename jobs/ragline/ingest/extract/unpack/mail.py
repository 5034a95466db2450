"""Internet mail (RFC 5322, MIME), by Python's own ``email``: the body, and what is attached."""

import email
import email.policy
from collections.abc import Callable, Iterable
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Any

from ragline.ingest.extract.parse import html, plain
from ragline.ingest.extract.parse.clean import clean_text, tidy
from ragline.ingest.extract.parse.dates import mail_date
from ragline.ingest.extract.parse.decoding import decode_any
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.unpack.member import Member, shown_name
from ragline.ingest.item import ItemRefused

# The forms of one text, the one to be preferred first.
Alternatives = tuple[Message, ...]

_MOST_ADDRESSES = 50
_DEEPEST = 50


def read_mail(content: bytes) -> tuple[Callable[[], Parsed], list[Member]]:
    """A call that makes the document of a mail (subject, sender, recipients, date, body), and its attachments.

    The body is not parsed before it is asked for.
    """
    # The lenient policy: it keeps what breaks the rules, where the newer one raises.
    try:
        message = email.message_from_bytes(content, policy=email.policy.compat32)
    except RecursionError:
        raise ItemRefused("archive_too_deep", "Its parts nest deeper than can be read.") from None
    if not message.keys():
        raise ItemRefused("parse_error", "A mail without a header.")
    bodies: list[Alternatives] = []
    attached: list[Member] = []
    _collect(message, bodies, attached, 0)
    return lambda: _document(message, bodies), attached


def _document(message: Message, bodies: list[Alternatives]) -> Parsed:
    texts = ((text for form in forms if (text := _body_text(form)).strip()) for forms in bodies)
    return mail_document(
        subject=_header(message, "subject"),
        sender=_addresses(message, "from"),
        recipients=_addresses(message, "to") + _addresses(message, "cc"),
        date=mail_date(_header(message, "date")),
        bodies=[next(forms, "") for forms in texts],
    )


def mail_document(subject: str, sender: list[str], recipients: list[str], date: str, bodies: Iterable[str]) -> Parsed:
    """The document of a mail, from whichever format it was read."""
    fields = {"From": ", ".join(sender), "To": ", ".join(recipients[:_MOST_ADDRESSES]), "Date": date}
    head = "\n".join(f"- **{name}**: {value}" for name, value in fields.items() if value)
    blocks = [f"# {subject}" if subject else "", head, *bodies]
    text = tidy(clean_text("\n\n".join(block.strip("\n") for block in blocks if block.strip())))
    metadata: dict[str, object] = {"authors": sender, "recipients": recipients[:_MOST_ADDRESSES], "created": date}
    return Parsed(subject, text if text.strip() else "", {name: value for name, value in metadata.items() if value})


def _collect(message: Message, bodies: list[Alternatives], attached: list[Member], depth: int) -> None:
    if depth > _DEEPEST:
        raise ItemRefused("archive_too_deep", f"Its parts nest deeper than {_DEEPEST}.")
    kind = message.get_content_type()
    payload: Any = message.get_payload()
    if kind == "message/rfc822" and isinstance(payload, list) and payload:
        inner = payload[0]
        name = _file_name(message) or f"{_header(inner, 'subject') or 'message'}.eml"
        attached.append(Member(shown_name(name), inner.as_bytes(policy=email.policy.compat32), "message/rfc822"))
    elif isinstance(payload, list):
        for part in _choose(payload, bodies) if kind == "multipart/alternative" else payload:
            if kind == "multipart/related" and part.get_content_maintype() == "image" and part.get("content-id"):
                continue  # a picture inside the page: a logo, as a rule
            _collect(part, bodies, attached, depth + 1)
    else:
        _collect_leaf(message, kind, bodies, attached)


def _choose(alternatives: list[Message], bodies: list[Alternatives]) -> list[Message]:
    """Choose among the alternatives of a ``multipart/alternative``: the richest form of the text, and every part that is no text.

    Where the forms are no more than a page and plain text, they are a body as they stand: whichever has words, the page first.
    """
    plain_text = [part for part in alternatives if part.get_content_type() == "text/plain"]
    rich = [part for part in alternatives if part.is_multipart() or part.get_content_type() == "text/html"]
    rest = [part for part in alternatives if part.get_content_maintype() not in ("text", "multipart")]
    if not rich and not plain_text:
        return alternatives
    if rich and rich[-1].is_multipart():
        return [rich[-1], *rest]
    bodies.append((*rich[-1:], *plain_text[-1:]))
    return rest


def _collect_leaf(message: Message, kind: str, bodies: list[Alternatives], attached: list[Member]) -> None:
    name = _file_name(message)
    if name or message.get_content_disposition() == "attachment" or not kind.startswith(("text/", "message/")):
        content = _bytes(message)
        if content.strip():
            charset = message.get_content_charset()
            declared = f"{kind}; charset={charset}" if charset else kind
            attached.append(Member(shown_name(name or f"part-{len(attached) + 1}"), content, declared))
    else:
        bodies.append((message,))


def _body_text(message: Message) -> str:
    text = decode_any(_bytes(message), message.get_content_charset()).text
    if not text.strip():
        return ""
    parse = html.parse if message.get_content_type() == "text/html" else plain.parse
    return parse(text.encode(), "utf-8").text


def _bytes(message: Message) -> bytes:
    try:
        content = message.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):  # a transfer encoding that is not what it says
        content = None
    if isinstance(content, bytes):
        return content
    payload = message.get_payload()
    return str(payload).encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def _file_name(message: Message) -> str:
    try:
        name = message.get_filename("")
    except (ValueError, LookupError, TypeError, AttributeError):
        return "attachment"
    return _decoded(name)


def _header(message: Message, name: str) -> str:
    value = message.get(name)
    return " ".join(_decoded(str(value)).split()) if value is not None else ""


def _decoded(value: str) -> str:
    """A header with its encoded words decoded and raw bytes read like any text."""
    found = ""
    try:
        pieces = decode_header(value)
    except Exception:  # base64 that is none, in many ways
        pieces = [(value, None)]
    for piece, charset in pieces:
        raw = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
        try:
            found += decode_any(raw, charset).text if raw else ""
        except ItemRefused:
            found += raw.decode("utf-8", "replace")
    return clean_text(found)


def _addresses(message: Message, name: str) -> list[str]:
    values = [_decoded(str(value)) for value in message.get_all(name, [])]
    try:
        pairs = getaddresses(values)
    except (ValueError, TypeError, IndexError):
        pairs = []
    return [f"{person} <{address}>" if person else address for person, address in pairs if address] or [
        value for value in values if value
    ]
