"""reStructuredText, by docutils: to HTML, and from there to Markdown.

Nothing outside the document is read (no includes, no raw blocks, no configuration files) and nothing is printed.
Directives and roles that docutils does not know (Sphinx's, say) keep their content.
"""

import re
from datetime import datetime
from typing import Any

from docutils import nodes
from docutils.core import publish_parts
from docutils.parsers.rst import Directive, Parser, directives, roles
from docutils.parsers.rst.languages import en as english

from ragline.ingest.extract.parse.dates import iso_date
from ragline.ingest.extract.parse.decoding import decode
from ragline.ingest.extract.parse.html import parse_markup
from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.parse.properties import listed, properties

_DIRECTIVE = re.compile(r"^[ \t]*\.\. +(?:\|[^|\n]+\| +)?([A-Za-z][\w:.+-]*)::", re.MULTILINE)
# A role's name may hold colons, so that all that may be one is read at once, up to the tick after it.
_BEFORE_TICK = re.compile(r"(?<![\w:.+-])([\w:.+-]++)(?<=:)`")
_ROLE = re.compile(r":([A-Za-z][\w:.+-]*)")
_HEADER_FIELD = re.compile(r"[A-Z][A-Za-z-]*: ")
_FIELD = re.compile(r"^([A-Z][A-Za-z-]*):[ \t]*(.+(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_BIBLIOGRAPHIC = re.compile(
    r"^:(Authors?|Date|Created|Modified|Language|Keywords):[ \t]*(.+(?:\n[ \t]+\S.*)*)", re.MULTILINE | re.IGNORECASE
)
_NEAR = 2000  # characters from the beginning
_TARGET = re.compile(r"(?<![\\\s])\s++<[^<>]++>$|(?<!\\)<[^<>]++>$")

_QUIET: dict[str, Any] = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "traceback": True,
    "doctitle_xform": False,
    "initial_header_level": 1,
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "embed_stylesheet": False,
    "stylesheet_path": None,
    "smart_quotes": False,
    "toc_backlinks": False,
    "footnote_backlinks": False,
    "line_length_limit": 1_000_000,
}


def parse(content: bytes, charset: str | None = None) -> Parsed:
    """Title (of an RFC 2822 header, or the first heading) and text of a reStructuredText document."""
    text = decode(content, charset)
    _keep_unknown(text)
    header = _has_header(text)
    parts = publish_parts(text, parser=Parser(rfc2822=header), writer="html5", settings_overrides=_QUIET)
    parsed = parse_markup(parts["html_body"])
    fields = _header_fields(text) if header else _field_list(text)
    return Parsed((fields.get("title", "") if header else "") or parsed.title, parsed.text, _properties(fields))


def _has_header(text: str) -> bool:
    """A PEP, say, begins with lines of ``Name: value``; one such line alone may as well be a sentence."""
    lines = text.lstrip("\n").splitlines()[:2]
    return len(lines) == 2 and all(_HEADER_FIELD.match(line) for line in lines)


def _header_fields(text: str) -> dict[str, str]:
    """The fields of an RFC 2822 header, their names in small letters."""
    head = text.lstrip("\n").split("\n\n", 1)[0]
    return {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(head)}


def _field_list(text: str) -> dict[str, str]:
    """The bibliographic fields (``:Author: …``) near the beginning."""
    return {name.lower(): " ".join(value.split()) for name, value in _BIBLIOGRAPHIC.findall(text[:_NEAR])}


def _properties(fields: dict[str, str]) -> dict[str, object]:
    names = fields.get("authors") or fields.get("author", "")
    return properties(
        authors=listed(names),
        created=_any_date(fields.get("created") or fields.get("date", "")),
        modified=_any_date(fields.get("last-modified") or fields.get("modified", "")),
        language=fields.get("language"),
        keywords=listed(fields.get("keywords")),
    )


def _any_date(value: str) -> str:
    """ISO 8601, or as PEPs have it: 05-Jul-2001."""
    if iso_date(value):
        return value
    try:
        return datetime.strptime(value, "%d-%b-%Y").isoformat()
    except ValueError:
        return ""


class KeptDirective(Directive):
    """A directive unknown to docutils: its words are parsed and kept, its options are not.

    It takes no arguments, so that docutils hands them over as content: which of them are words nobody here can tell.
    """

    has_content = True

    class _AnyOption(dict[str, Any]):
        def __missing__(self, name: str) -> Any:
            return directives.unchanged

    option_spec = _AnyOption(name=directives.unchanged)

    def run(self) -> list[nodes.Node]:
        """Parse the content in place."""
        container = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, container)
        return [container]


class _DroppedDirective(KeptDirective):
    def run(self) -> list[nodes.Node]:
        return []


_LISTS_OF_NAMES = {"toctree", "autosummary", "index", "meta", "only", "tabularcolumns", "currentmodule", "highlight"}
_CODE = {"code-block", "sourcecode", "ipython", "doctest", "testcode", "prompt", "parsed-literal", "productionlist"}


class _CodeDirective(KeptDirective):
    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content)
        return [nodes.literal_block(text, text)]


def _keep_unknown(text: str) -> None:
    """Register what the document uses and docutils does not know. The registries belong to the process."""
    for name in {name.lower() for name in _DIRECTIVE.findall(text)}:
        if name not in english.directives:
            kind = _CodeDirective if name in _CODE else _DroppedDirective if name in _LISTS_OF_NAMES else KeptDirective
            directives.register_directive(name, kind)
    for name in _roles(text):
        if name not in english.roles:
            roles.register_local_role(name, _kept_role)  # type: ignore[arg-type]  # the stub knows reference roles only


def _roles(text: str) -> set[str]:
    """The names of the roles used, in small letters."""
    found = (_ROLE.search(run[1].removesuffix(":")) for run in _BEFORE_TICK.finditer(text))
    return {role[1].lower() for role in found if role}


def _kept_role(name: str, rawtext: str, text: str, *_: Any, **__: Any) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """``:func:`~json.loads``` is the code ``json.loads``; ``:doc:`the guide <guide>``` is the words ``the guide``."""
    shown = _TARGET.sub("", text).lstrip("~!") or text
    words = name in ("doc", "ref", "term", "abbr", "menuselection", "guilabel", "rfc", "issue", "gh", "pr")
    return [nodes.Text(shown) if words else nodes.literal(rawtext, shown)], []
