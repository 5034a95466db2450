"""What a type of source is: options that are checked first, then items listed lazily."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ragline.ingest.item import Item
from ragline.runtime.lineage import ExternalInput


class SourceOptions(BaseModel):
    """Keys of a source's configuration that every type understands; types add their own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: Annotated[int, Field(gt=0)] = 20 * 1024 * 1024


Options = TypeVar("Options", bound=SourceOptions)


class Source(ABC, Generic[Options]):
    """A configured place documents come from. A type is one subclass in ``sources/<type>.py``."""

    options_model: type[Options]

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

    @abstractmethod
    def items(self) -> Iterator[Item]:
        """List every item, in a stable order.

        Raises:
            SourceError: the listing cannot be completed, so nothing may be concluded from what is missing in it.
        """

    @abstractmethod
    def dataset(self) -> ExternalInput:
        """The name that lineage gives this source."""
