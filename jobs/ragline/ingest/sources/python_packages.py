"""The distributions installed in this Python environment: real documents on any machine, offline."""

import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import partial
from importlib.metadata import Distribution, PackageNotFoundError, PathDistribution, distribution, distributions
from pathlib import Path
from typing import Annotated, BinaryIO

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from pydantic import field_validator

from ragline.config.text_settings import CannotChangeText
from ragline.contracts.fingerprints import content_hash
from ragline.errors import ConfigError
from ragline.ingest.extract.parse.media_types import MARKDOWN, REST
from ragline.ingest.item import Item, Refusal
from ragline.ingest.marked_bytes import MarkedBytes
from ragline.ingest.source import Listing, Source, SourceOptions
from ragline.runtime.lineage import ExternalInput

_SELECTS = CannotChangeText("it decides which packages are listed, not what they say")
_LOOKS_LIKE_MARKDOWN = re.compile(r"^(#{1,6} \S|```|[-*] \[(?>.+?\]\().+?\))", re.MULTILINE)


class PythonPackagesOptions(SourceOptions):
    """``include`` and ``exclude`` are patterns of names as a shell has them: ``apache-airflow*``. Case does not matter.

    ``required_by`` names installed distributions, with extras where wanted (``ragline[embed]``): only they and what they ask
    for directly are taken in.
    """

    include: Annotated[list[str], _SELECTS] = ["*"]
    exclude: Annotated[list[str], _SELECTS] = []
    required_by: Annotated[list[str], _SELECTS] = []

    @field_validator("required_by")
    @classmethod
    def _are_requirements(cls, texts: list[str]) -> list[str]:
        for text in texts:
            try:
                Requirement(text)
            except InvalidRequirement as error:
                raise ValueError(f"{text!r} is no distribution with extras, such as 'ragline[embed]'") from error
        return texts

    @property
    def dependents(self) -> list[Requirement]:
        """``required_by``, parsed."""
        return [Requirement(text) for text in self.required_by]

    def takes(self, name: str) -> bool:
        """Whether the patterns take a distribution in."""
        return _matches(name, self.include) and not _matches(name, self.exclude)


class PythonPackagesSource(Source[PythonPackagesOptions]):
    """The long description of every distribution; its id is the canonical project name.

    The line that repeats the distribution's ``Summary`` is held out of the text: evaluation asks the summary as a query.
    """

    options_model = PythonPackagesOptions

    def check(self) -> None:
        """An environment is always there; what ``required_by`` names must be installed in it."""
        for dependent in self.options.dependents:
            try:
                distribution(dependent.name)
            except PackageNotFoundError as error:
                raise ConfigError(
                    f"Source {self.name!r}: required_by names {dependent.name!r}, which is not installed here."
                ) from error

    def dataset(self) -> ExternalInput:
        """The environment, by its prefix."""
        return ExternalInput("python", sys.prefix)

    def listed(self, listing: Listing) -> Iterator[Item]:
        """Distributions by name."""
        found = _installed()
        required = {name for one in self.options.dependents for name in _asked_for(one, found)}
        for name in sorted(found):
            if self.options.takes(name) and (name in required or not self.options.required_by):
                yield found[name]

    def open(self, item: Item) -> BinaryIO:
        """The long description."""
        content = _description(PathDistribution(Path(item.locator))).encode("utf-8", "surrogateescape")
        return MarkedBytes(content, _marker(content))


def _marker(description: bytes) -> str:
    return content_hash(description)[:16]


def _installed() -> dict[str, Item]:
    """Every distribution by its canonical name; of two with one name, the one Python would import."""
    found: dict[str, Item] = {}
    for each in distributions():
        # No public name; and no type to go by, because the backport of importlib.metadata, once it is imported anywhere,
        # puts distributions of its own in the place of these.
        if (folder := getattr(each, "_path", None)) is not None:
            item = _item(each, Path(str(folder)))
            found.setdefault(item.source_id, item)
    return found


def _asked_for(dependent: Requirement, installed: dict[str, Item]) -> set[str]:
    """A distribution and what it asks for directly, with its extras; an extra made of other extras is followed."""
    name = str(canonicalize_name(dependent.name))
    declared = PathDistribution(Path(installed[name].locator)).requires or []
    requirements = [Requirement(text) for text in declared]
    names, seen, waiting = {name}, set[str](), {"", *dependent.extras}
    while waiting:
        seen.add(extra := waiting.pop())
        for one in requirements:
            if one.marker is None or one.marker.evaluate({"extra": extra}):
                names.add(canonicalize_name(one.name))
                waiting |= one.extras - seen if canonicalize_name(one.name) == name else set()
    return names


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def _item(distribution: Distribution, folder: Path) -> Item:
    try:
        name = _field(distribution, "Name")
    except (UnicodeDecodeError, TypeError) as error:
        return _refused(folder, f"its METADATA cannot be read: {error}")
    return _described(canonicalize_name(name), distribution, folder) if name else _refused(folder, "its METADATA has no Name")


def _refused(folder: Path, why: str) -> Item:
    return Item(folder.name, folder.as_uri(), refusal=Refusal("bad_record", f"{folder}: {why}."))


def _described(name: str, distribution: Distribution, folder: Path) -> Item:
    field = partial(_field, distribution)
    description = _description(distribution)
    summary = _one_line(field("Summary"))
    metadata = {
        "version": distribution.version,
        "summary": summary,
        "license": _one_line(field("License-Expression") or field("License"))[:200],
        "home_page": _home_page(distribution),
    }
    return Item(
        source_id=name,
        uri=f"pkg:pypi/{name}@{distribution.version}",
        media_type=field("Description-Content-Type") or _guess_media_type(description),
        change_marker=_marker(description.encode("utf-8", "surrogateescape")),
        size=len(description),
        locator=str(folder),
        title=field("Name"),
        metadata=metadata,
        held_out_lines=(summary,) if summary else (),
    )


def _field(distribution: Distribution, name: str) -> str:
    """A metadata field, or nothing; the standard library and its backport disagree on ``[]`` where there is none."""
    values = distribution.metadata.get_all(name)
    return values[0] if values else ""


def _description(distribution: Distribution) -> str:
    """The long description: the metadata's body, or, in old metadata, its ``Description`` field."""
    body = distribution.metadata.get_payload()  # type: ignore[attr-defined]
    text = body if isinstance(body, str) and body.strip() else _field(distribution, "Description")
    return "" if text.strip() == "UNKNOWN" else text


def _guess_media_type(description: str) -> str:
    """PyPI's rule for a description that does not say what it is is reStructuredText; many are Markdown all the same."""
    return MARKDOWN if _LOOKS_LIKE_MARKDOWN.search(description) else REST


def _home_page(distribution: Distribution) -> str:
    urls = dict(line.split(", ", 1) for line in distribution.metadata.get_all("Project-URL") or () if ", " in line)
    by_label = {label.strip().casefold(): url for label, url in urls.items()}
    named = (by_label[label] for label in ("homepage", "home", "repository", "source") if label in by_label)
    return _field(distribution, "Home-page") or next(named, "")


def _one_line(value: str) -> str:
    text = " ".join(value.split())
    return "" if text == "UNKNOWN" else text
