"""Files of a folder: a local one, or one of an object store (any fsspec URI)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

from pydantic import field_validator

from ragline.config.project import resolve
from ragline.config.text_settings import CannotChangeText
from ragline.ingest.files.local import LocalFolder
from ragline.ingest.files.storage_options import StorageOptions
from ragline.ingest.files.store import Store
from ragline.ingest.item import Item
from ragline.ingest.path_patterns import PathPatterns
from ragline.ingest.source import Listing, Source
from ragline.runtime.lineage import ExternalInput


class FolderOptions(PathPatterns):
    """``storage_options`` go to the store's fsspec class as they are."""

    uri: Annotated[str, CannotChangeText("it is in the address of every item, which is part of its metadata hash")]
    storage_options: StorageOptions = {}

    @field_validator("uri")
    @classmethod
    def _has_a_known_scheme(cls, uri: str) -> str:
        from fsspec import available_protocols

        scheme = uri.partition("://")[0] if "://" in uri else "file"
        if scheme not in available_protocols():
            raise ValueError(f"no file system has the scheme {scheme}://; give a path, or for example s3://, gs://, abfs://")
        return uri


class FolderSource(Source[FolderOptions]):
    """Every included file below a folder; an item's id is its path relative to the folder, with slashes."""

    options_model = FolderOptions

    @property
    def folder(self) -> Path:
        """A local folder, absolute and free of symbolic links."""
        return Path(resolve(self.root, self.options.uri)).resolve()

    @property
    def _place(self) -> LocalFolder | Store:
        uri = resolve(self.root, self.options.uri)
        if "://" in uri:
            return Store(self.name, uri, self.options.storage_options, self.options)
        return LocalFolder(self.name, self.folder, self.options)

    def check(self) -> None:
        """The folder must be there."""
        self._place.check(self.options.uri)

    def dataset(self) -> ExternalInput:
        """The folder's path, or bucket and prefix."""
        return self._place.dataset()

    def listed(self, listing: Listing) -> Iterator[Item]:
        """Files in the order of their paths."""
        return self._place.files()

    def open(self, item: Item) -> BinaryIO:
        """The file's bytes."""
        return self._place.open(item.locator)
