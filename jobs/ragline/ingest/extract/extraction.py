"""From an item's bytes to its parts: documents, or the reasons why not.

A reader of a format is imported where the first item of the format is met: a parser's process is started for a handful of
items, and the libraries of all formats together take longer to load than most items to read.
"""

import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ragline.config.ingest import OcrSettings, ParseLimits
from ragline.contracts.document_ids import inside
from ragline.contracts.fingerprints import content_hash
from ragline.ingest.extract.detect import detect
from ragline.ingest.extract.held_out import remove_from_pages
from ragline.ingest.extract.parse.clean import well_formed
from ragline.ingest.extract.parse.code_languages import is_code
from ragline.ingest.extract.parse.decoding import decode_any
from ragline.ingest.extract.parse.links import links_in
from ragline.ingest.extract.parse.media_types import (
    ARCHIVES,
    DOCX,
    EML,
    EPUB,
    HTML,
    IMAGES,
    JSON,
    JSON_LINES,
    MSG,
    ODP,
    ODS,
    ODT,
    PDF,
    PPTX,
    TEXT_TYPES,
    XLSX,
    ZIP,
    base_type,
    charset_of,
    parse,
)  # fmt: skip
from ragline.ingest.extract.parse.ocr import Ocr, parse_image
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.part import ParseRequest, Part, Position, Watcher
from ragline.ingest.extract.unpack.budget import Budget
from ragline.ingest.extract.unpack.member import Member
from ragline.ingest.extract.unpack.tar_members import tar_members
from ragline.ingest.extract.unpack.zip_members import check_package, zip_members
from ragline.ingest.item import ItemRefused, Refusal

log = logging.getLogger(__name__)

_LONGEST_TITLE = 300
# A member without a name would be called as the archive itself.
_UNNAMED = "unnamed"
_PACKAGES = {DOCX, PPTX, XLSX, ODT, ODS, ODP, EPUB}


def extract(
    request: ParseRequest,
    limits: ParseLimits | None = None,
    ocr: OcrSettings | None = None,
    watcher: Watcher = lambda position: None,
) -> list[Part]:
    """The parts of an item. Bytes that cannot be read are a part with a refusal, never an exception, except ``MemoryError``:
    that is the limit of the process, which ends it.

    An archive gives a part for each member, named by its path; a mail gives itself, named "", and its attachments.
    ``watcher`` is told which member is at work from now on, so that whoever outlives a crash knows where it was.
    """
    chosen = limits or ParseLimits()
    settings = ocr or OcrSettings()
    recognition = Ocr(settings.enabled, tuple(settings.languages), chosen.seconds)
    extraction = _Extraction(request, Budget(chosen), recognition, watcher)
    outermost = Member(request.name, request.content, request.media_type)
    return _with_unique_names(extraction.parts(outermost, "", ()))


class _Extraction:
    """One item, its budget, and the faults of earlier attempts."""

    def __init__(self, request: ParseRequest, budget: Budget, ocr: Ocr, watcher: Watcher) -> None:
        self._request = request
        self._budget = budget
        self._ocr = ocr
        self._watcher = watcher
        self._faults = {fault.position: fault.refusal for fault in request.faults}

    def parts(self, member: Member, path: str, position: Position) -> Iterator[Part]:
        """The parts of an item or a member; ``path`` is its part's name."""
        unread = Part(path, base_type(member.media_type), content_hash(member.content))
        return self._read_at(position, unread, lambda: self._read_detected(member, unread, position))

    def _read_at(self, position: Position, unread: Part, read: Callable[[], Iterable[Part]]) -> Iterator[Part]:
        """Read the parts at a position and tell the watcher; or only refuse it, if it ended an earlier attempt."""
        if refusal := self._faults.get(position):
            yield replace(unread, refusal=refusal)
            return
        if not position:  # the item as a whole: nobody has to be told where it begins
            yield from _errors_as_refusal(unread, read)
            return
        self._watcher(position)
        yield from _errors_as_refusal(unread, read)
        self._watcher(position[:-1])

    def _read_detected(self, member: Member, unread: Part, position: Position) -> Iterator[Part]:
        if member.refusal:
            raise ItemRefused(member.refusal.reason, member.refusal.message)
        if not member.content.strip():
            raise ItemRefused("empty_document", "It holds nothing but blanks." if member.content else "It has no bytes.")
        part = replace(unread, media_type=detect(member.content, member.name, member.media_type))
        return _errors_as_refusal(part, lambda: self._read(member, part, position))

    def _read(self, member: Member, part: Part, position: Position) -> Iterable[Part]:
        if part.media_type in ARCHIVES:
            return self._archive(member, part, position)
        if part.media_type in (EML, MSG):
            return self._mail(member, part, position)
        return [replace(part, parsed=self._document(member, part.media_type, part.name))]

    def _archive(self, member: Member, part: Part, position: Position) -> list[Part]:
        self._budget.enter(len(position))
        name = part.name.rpartition("/")[2] or member.name
        kind = part.media_type
        unpacked = (
            zip_members(member.content, self._budget) if kind == ZIP else tar_members(member.content, kind, name, self._budget)
        )
        # Collected, not passed on: an archive that turns out to be a bomb half-way gives one refusal and no documents.
        found = self._members(unpacked, part.name, position)
        if not found:
            raise ItemRefused("empty_document", "An archive without files.")
        return found

    def _mail(self, member: Member, part: Part, position: Position) -> Iterator[Part]:
        self._budget.enter(len(position))
        document, attached = _read_mail(member.content, part.media_type)
        self._budget.take_members(len(attached))
        yield from self._read_at((*position, 0), part, lambda: [replace(part, parsed=self._finished(document(), part.name))])
        yield from self._members(attached, part.name, position, 1)

    def _members(self, members: Iterable[Member], path: str, position: Position, first: int = 0) -> list[Part]:
        return [
            part
            for number, member in enumerate(members, first)
            for part in self.parts(member, inside(path, member.name or _UNNAMED), (*position, number))
        ]

    def _document(self, member: Member, kind: str, path: str) -> Parsed:
        if kind in _PACKAGES:
            check_package(member.content, self._budget)
        if kind in IMAGES:
            return self._finished(parse_image(member.content, self._ocr), path)
        if kind == PDF:
            from ragline.ingest.extract.parse import pdf

            return self._finished(pdf.parse(member.content, ocr=self._ocr), path)
        if kind in TEXT_TYPES or is_code(kind):
            return self._finished(_text(member, kind), path)
        return self._finished(parse(member.content, kind), path)

    def _finished(self, parsed: Parsed, path: str) -> Parsed:
        """The document as it is kept: without held-out lines, within its limit, with its final title."""
        text, starts = remove_from_pages(parsed.text, parsed.page_starts, self._request.held_out_lines)
        text = well_formed(text).replace("\x00", "\ufffd")
        if not text.strip():
            raise ItemRefused("empty_document", "It has no text of its own: only markup, badges, or its summary.")
        self._budget.take_text(text)
        title = (self._request.title if not path else "") or parsed.title
        others = parsed.metadata.get("links")
        links = list(dict.fromkeys([*links_in(text), *(others if isinstance(others, list) else ())]))
        metadata = {**parsed.metadata, "links": links} if links else parsed.metadata
        return replace(
            parsed,
            title=well_formed(title.replace("\x00", ""))[:_LONGEST_TITLE],
            text=text,
            metadata=metadata,
            page_starts=starts,
        )


def _errors_as_refusal(unread: Part, read: Callable[[], Iterable[Part]]) -> Iterator[Part]:
    """The parts that ``read`` gives; if it raises, the refusal of the part that was to be read."""
    try:
        yield from read()
    except ItemRefused as refused:
        yield replace(unread, refusal=Refusal(refused.reason, well_formed(refused.message)))
    except (MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a parser may raise anything, also what a panic in Rust becomes; the run goes on
        log.debug("%s", unread.name, exc_info=True)
        message = f"Not readable as {unread.media_type}: {type(error).__name__}: {str(error)[:300]}"
        yield replace(unread, refusal=Refusal("parse_error", well_formed(message)))


def _read_mail(content: bytes, kind: str) -> tuple[Callable[[], Parsed], list[Member]]:
    if kind == EML:
        from ragline.ingest.extract.unpack.mail import read_mail

        return read_mail(content)
    from ragline.ingest.extract.unpack.outlook import read_outlook

    return read_outlook(content)


def _text(member: Member, kind: str) -> Parsed:
    """A document that is text, whatever encoding it is in."""
    declared = charset_of(member.media_type)
    if kind in (JSON, JSON_LINES):  # these are Unicode by definition, so there is nothing to guess
        return parse(member.content, f"{kind}; charset={_json_encoding(member.content)}")
    if kind == HTML and declared is None:
        from bs4.dammit import EncodingDetector

        declared = EncodingDetector.find_declared_encoding(member.content, is_html=True)
    decoded = decode_any(member.content, declared or _xml_encoding(member.content))
    parsed = parse(decoded.text.encode(), f"{kind}; charset=utf-8")
    if decoded.encoding == "utf-8":
        return parsed
    noted = {"encoding": decoded.encoding, **({"encoding_guessed": True} if decoded.guessed else {})}
    return replace(parsed, metadata={**parsed.metadata, **noted})


def _json_encoding(content: bytes) -> str:
    return json.detect_encoding(content)


def _xml_encoding(content: bytes) -> str | None:
    found = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)", content[:200])
    return found[1].decode() if found else None


def _with_unique_names(parts: Iterable[Part]) -> list[Part]:
    """The parts, those whose name came before numbered: a document's id is made of its name.

    A number never makes a name that another member has: that one keeps it, wherever in the archive it stands.
    """
    named = [replace(part, name=well_formed(part.name)) for part in parts]
    names = {part.name for part in named}
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    found = []
    for part in named:
        name = part.name
        while name in taken or (name != part.name and name in names):
            numbers[part.name] += 1
            name = f"{part.name}#{numbers[part.name] + 1}"
        taken.add(name)
        found.append(replace(part, name=name))
    return found
