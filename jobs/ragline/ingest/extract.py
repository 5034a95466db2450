"""From an item's bytes to its parts: documents, or the reasons why not."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ragline.contracts.fingerprints import content_hash
from ragline.ingest.item import ItemRefused, Refusal
from ragline.ingest.parse.clean import well_formed
from ragline.ingest.parse.code_languages import is_code
from ragline.ingest.parse.decoding import decode_any
from ragline.ingest.parse.detect import detect
from ragline.ingest.parse.media_types import (
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
from ragline.ingest.parse.ocr import Ocr, parse_image
from ragline.ingest.parse.parsed import Parsed
from ragline.ingest.part import ParseRequest, Part
from ragline.ingest.unpack.budget import Budget
from ragline.ingest.unpack.member import Member
from ragline.ingest.withhold import withhold_pages
from ragline.runtime.settings import OcrSettings, ParseLimits

log = logging.getLogger(__name__)

# Raised by hand when the same bytes start to give another text: every document is then parsed again.
PARSER_REVISION = 2
_LONGEST_TITLE = 300
_PACKAGES = {DOCX, PPTX, XLSX, ODT, ODS, ODP, EPUB}


def extract(request: ParseRequest, limits: ParseLimits | None = None, ocr: OcrSettings | None = None) -> list[Part]:
    """The parts of an item; bytes that cannot be read are a part with a refusal, never an exception (but ``MemoryError``).

    An archive gives a part for each member, named by its path; a mail gives itself, named "", and its attachments.
    """
    chosen = limits or ParseLimits()
    settings = ocr or OcrSettings()
    recognition = Ocr(settings.enabled, tuple(settings.languages), chosen.seconds)
    extraction = _Extraction(request, Budget(chosen), recognition)
    outermost = Member(request.name, request.content, request.media_type)
    return _with_unique_names(extraction.parts(outermost, "", 0))


class _Extraction:
    """One item on its way to parts."""

    def __init__(self, request: ParseRequest, budget: Budget, ocr: Ocr) -> None:
        self._request = request
        self._budget = budget
        self._ocr = ocr

    def parts(self, member: Member, path: str, depth: int) -> Iterator[Part]:
        """The parts of an item or a member. ``path`` is its part's name, ``depth`` how many archives it is in."""
        digest = content_hash(member.content)
        kind = base_type(member.media_type)
        try:
            if member.refusal:
                raise ItemRefused(member.refusal.reason, member.refusal.message)
            if not member.content.strip():
                raise ItemRefused("empty_document", "It holds nothing but blanks." if member.content else "It has no bytes.")
            kind = detect(member.content, member.name, member.media_type)
            if kind in ARCHIVES:
                yield from self._archive(member, kind, path, depth)
            elif kind in (EML, MSG):
                yield from self._mail(member, kind, path, depth)
            else:
                yield Part(path, kind, digest, parsed=self._document(member, kind, path))
        except ItemRefused as refused:
            yield Part(path, kind, digest, refusal=Refusal(refused.reason, well_formed(refused.message)))
        except (MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # a parser may raise anything, also what a panic in Rust becomes; the run goes on
            log.debug("%s", member.name, exc_info=True)
            message = f"Not readable as {kind}: {type(error).__name__}: {str(error)[:300]}"
            yield Part(path, kind, digest, refusal=Refusal("parse_error", well_formed(message)))

    def _archive(self, member: Member, kind: str, path: str, depth: int) -> list[Part]:
        # Collected, not passed on: an archive that turns out to be a bomb half-way gives one refusal and no documents.
        from ragline.ingest.unpack.tar_members import tar_members
        from ragline.ingest.unpack.zip_members import zip_members

        self._budget.enter(depth)
        name = path.rpartition("/")[2] or member.name
        inside = (
            zip_members(member.content, self._budget) if kind == ZIP else tar_members(member.content, kind, name, self._budget)
        )
        found = self._members(inside, path, depth)
        if not found:
            raise ItemRefused("empty_document", "An archive without files.")
        return found

    def _mail(self, member: Member, kind: str, path: str, depth: int) -> list[Part]:
        from ragline.ingest.unpack.mail import read_mail
        from ragline.ingest.unpack.outlook import read_outlook

        self._budget.enter(depth)
        parsed, attached = read_mail(member.content) if kind == EML else read_outlook(member.content)
        self._budget.take_members(len(attached))
        body = Part(path, kind, content_hash(member.content), parsed=self._finished(parsed, path))
        return [body, *self._members(attached, path, depth)]

    def _members(self, members: Iterable[Member], path: str, depth: int) -> list[Part]:
        prefix = f"{path}!/" if path else ""
        return [part for member in members for part in self.parts(member, prefix + member.name, depth + 1)]

    def _document(self, member: Member, kind: str, path: str) -> Parsed:
        if kind in _PACKAGES:
            from ragline.ingest.unpack.zip_members import check_package

            check_package(member.content, self._budget)
        if kind in IMAGES:
            return self._finished(parse_image(member.content, self._ocr), path)
        if kind == PDF:
            from ragline.ingest.parse import pdf

            return self._finished(pdf.parse(member.content, ocr=self._ocr), path)
        if kind in TEXT_TYPES or is_code(kind):
            return self._finished(_text(member, kind), path)
        return self._finished(parse(member.content, kind), path)

    def _finished(self, parsed: Parsed, path: str) -> Parsed:
        """The document as it is kept: without what is withheld, within its limit, its title settled."""
        text, starts = withhold_pages(parsed.text, parsed.page_starts, self._request.withheld)
        text = well_formed(text).replace("\x00", "\ufffd")
        if not text.strip():
            raise ItemRefused("empty_document", "It has no text of its own: only markup, badges, or its summary.")
        self._budget.take_text(text)
        title = (self._request.title if not path else "") or parsed.title
        return replace(parsed, title=well_formed(title.replace("\x00", ""))[:_LONGEST_TITLE], text=text, page_starts=starts)


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
    import json

    return json.detect_encoding(content)


def _xml_encoding(content: bytes) -> str | None:
    found = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)", content[:200])
    return found[1].decode() if found else None


def _with_unique_names(parts: Iterable[Part]) -> list[Part]:
    """The parts, those whose name came before numbered: a document's id is made of its name."""
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    found = []
    for part in parts:
        name = well_formed(part.name)
        while name in taken:
            seen[part.name] += 1
            name = f"{well_formed(part.name)}#{seen[part.name] + 1}"
        taken.add(name)
        found.append(replace(part, name=name))
    return found
