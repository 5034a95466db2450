"""The protocol of a source: its options are checked first, then its items are listed, then items are opened."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ragline.config.text_settings import CannotChangeText, text_settings
from ragline.errors import RaglineError, SourceError
from ragline.ingest.access_rules import AccessRule, with_access
from ragline.ingest.item import Item
from ragline.runtime.lineage import ExternalInput


class SourceOptions(BaseModel):
    """The keys of a source's configuration that every type has; types add their own.

    ``rules`` give tenant and access labels by path; of several that match, the last one holds. A listing of more than
    ``max_items`` stops: a server that repeats itself, or a link that leads in a circle, would never be through.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: Annotated[
        int, Field(gt=0), CannotChangeText("a larger item is refused whole, and tried again when this changes")
    ] = 20 * 1024 * 1024
    max_items: Annotated[int, Field(gt=0), CannotChangeText("a longer listing is refused whole")] = 10_000_000
    rules: Annotated[list[AccessRule], CannotChangeText("what they give is part of the metadata hash of every item")] = []


def _no_spool(content: bytes) -> str:
    raise RaglineError("This listing has no place to keep what was read while listing.")


@dataclass(frozen=True)
class Listing:
    """What a source may use while it lists.

    Attributes:
        change_markers: of every item that the lake holds, by ``source_id``.
        spool: keeps the bytes of an item that had to be read to list it, and returns a locator for it: the address of a file
            below the lake.
    """

    change_markers: Mapping[str, str] = field(default_factory=dict)
    spool: Callable[[bytes], str] = _no_spool


Options = TypeVar("Options", bound=SourceOptions)
Opener = Callable[[], BinaryIO]


class Source(ABC, Generic[Options]):
    """A configured place documents come from. A type is one subclass; ``sources/__init__.py`` says how to add one.

    An instance is made of plain data and goes to other processes: it keeps no connection open.

    Attributes:
        options_model: the type's own keys of the configuration.
        root: the project's folder, where relative paths start.
        tenant, access_labels: of all items that have none of their own, by a column or a rule.
    """

    options_model: type[Options]

    def __init__(self, name: str, options: Options, root: Path, tenant: str = "", access_labels: Sequence[str] = ()) -> None:
        self.name = name
        self.options = options
        self.root = root
        self.tenant = tenant
        self.access_labels = tuple(access_labels)

    def text_settings(self) -> Mapping[str, Any]:
        """The options that may change what a document says. When they do, the items of this source are read again, whatever
        their change markers say."""
        return text_settings(self.options)

    @property
    def reads_while_listing(self) -> bool:
        """Whether listing reads contents (a crawl must). On a cluster an executor lists such a source, not the driver."""
        return False

    @abstractmethod
    def check(self) -> None:
        """Make sure that the source is there.

        Raises:
            ConfigError: it is not; the message names the source and what is missing.
        """

    def items(self, listing: Listing) -> Iterator[Item]:
        """List every item, in a stable order, with tenant and access labels as the rules give them.

        Raises:
            SourceError: the listing cannot be completed, so nothing may be concluded from what is missing in it.
        """
        for number, item in enumerate(self.listed(listing)):
            if number >= self.options.max_items:
                raise SourceError(f"Source {self.name!r} lists more than {self.options.max_items:,} items (max_items).")
            yield with_access(item, self.options.rules)

    @abstractmethod
    def listed(self, listing: Listing) -> Iterator[Item]:
        """What a type implements for ``items``: every item, in a stable order. Raises the same."""

    @abstractmethod
    def open(self, item: Item) -> BinaryIO:
        """The bytes of an item, in whatever process this is. Where they may be of a later state than the one that was listed, the
        stream says of which, as its ``change_marker`` (``marked_bytes.py``).

        Raises:
            ItemRefused: there is no document in this item, or none that may be read.
            OSError: it cannot be read now.
        """

    def open_all(self, items: Iterable[Item]) -> Iterator[tuple[Item, Opener]]:
        """Each item with the call that opens it. A type that reads many at once more cheaply than one by one overrides this."""
        for item in items:
            yield item, partial(self.open, item)

    @abstractmethod
    def dataset(self) -> ExternalInput:
        """The name that lineage gives this source."""

    def facts(self) -> Mapping[str, str]:
        """What the last listing found out about the source as a whole (a commit), for the run manifest."""
        return {}
