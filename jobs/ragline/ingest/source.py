"""What a type of source is: options that are checked first, then items listed, then items opened."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ragline.errors import RaglineError
from ragline.ingest.access_rules import AccessRule, with_access
from ragline.ingest.item import Item
from ragline.runtime.lineage import ExternalInput


class SourceOptions(BaseModel):
    """Keys of a source's configuration that every type understands; types add their own.

    ``rules`` give tenant and access labels by path; of several that match, the last one holds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: Annotated[int, Field(gt=0)] = 20 * 1024 * 1024
    rules: list[AccessRule] = []


def _no_spool(content: bytes) -> str:
    raise RaglineError("This listing has no place to keep what was read while listing.")


@dataclass(frozen=True)
class Listing:
    """What a source may use while it lists.

    ``known`` gives the change marker of every item that was taken in before, by ``source_id``. ``spool`` keeps the bytes
    of an item that had to be read to list it, and returns a locator for it: the address of a file below the lake.
    """

    known: Mapping[str, str] = field(default_factory=dict)
    spool: Callable[[bytes], str] = _no_spool


Options = TypeVar("Options", bound=SourceOptions)
Opener = Callable[[], BinaryIO]


class Source(ABC, Generic[Options]):
    """A configured place documents come from. A type is one subclass in ``sources/<type>.py``.

    An instance is made of plain data and goes to other processes: it keeps no connection open. ``reads_while_listing``
    says that listing reads contents (a crawl must); such a source is listed by an executor.
    """

    options_model: type[Options]
    reads_while_listing: bool = False

    def __init__(self, name: str, options: Options, root: Path) -> None:
        self.name = name
        self.options = options
        self.root = root

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
        for item in self.listed(listing):
            yield with_access(item, self.options.rules)

    @abstractmethod
    def listed(self, listing: Listing) -> Iterator[Item]:
        """What a type has to know for ``items``: every item, in a stable order. Raises the same."""

    @abstractmethod
    def open(self, item: Item) -> BinaryIO:
        """The bytes of an item, in whatever process this is.

        Raises:
            ItemRefused: this item cannot be had.
            OSError: it cannot be read now.
        """

    def open_all(self, items: Iterable[Item]) -> Iterator[tuple[Item, Opener]]:
        """Each item with the call that opens it. Sources that fetch many at once for the price of one override this."""
        for item in items:
            yield item, partial(self.open, item)

    @abstractmethod
    def dataset(self) -> ExternalInput:
        """The name that lineage gives this source."""

    def facts(self) -> Mapping[str, str]:
        """What the last listing found out about the source as a whole (a commit), for the run manifest."""
        return {}
