"""Files of a local folder."""

import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from pathspec import GitIgnoreSpec
from pydantic import field_validator

from ragline.errors import ConfigError, SourceError
from ragline.ingest.item import Item, ItemRefused, Refusal
from ragline.ingest.parse.media_types import media_type_of_file
from ragline.ingest.source import Listing, Source, SourceOptions
from ragline.runtime.lineage import ExternalInput
from ragline.runtime.project import resolve


class FolderOptions(SourceOptions):
    """``include`` and ``exclude`` are patterns as in a .gitignore file; hidden files are left out by default."""

    uri: str
    include: list[str] = ["*.md", "*.txt", "*.rst", "*.html"]
    exclude: list[str] = [".*"]

    @field_validator("uri")
    @classmethod
    def _is_a_folder(cls, uri: str) -> str:
        if "://" in uri and not uri.startswith("file://"):
            raise ValueError("a folder source reads a local folder, not another kind of URI")
        return uri


class FolderSource(Source[FolderOptions]):
    """Every included file below a folder; an item's id is its path relative to the folder, with slashes."""

    options_model = FolderOptions

    @property
    def folder(self) -> Path:
        """The folder, absolute and free of symbolic links."""
        return Path(resolve(self.root, self.options.uri)).resolve()

    def check(self) -> None:
        """The folder must be there."""
        if not self.folder.is_dir():
            raise ConfigError(f"Source {self.name!r}: there is no folder {self.folder} (uri: {self.options.uri}).")

    def dataset(self) -> ExternalInput:
        """The folder's path, on this machine's file system."""
        return ExternalInput("file", str(self.folder))

    def items(self, listing: Listing) -> Iterator[Item]:
        """Files in the order of their paths."""
        included = GitIgnoreSpec.from_lines(self.options.include)
        excluded = GitIgnoreSpec.from_lines(self.options.exclude)
        # A folder that cannot be listed must stop the run: its files would look deleted.
        for where, folders, files in os.walk(self.folder, onerror=self._cannot_list):
            inside = Path(where).relative_to(self.folder)
            kept = sorted(name for name in folders if not excluded.match_file(f"{(inside / name).as_posix()}/"))
            folders[:] = [name for name in kept if not (Path(where) / name).is_symlink()]
            yield from (self._refused_link(Path(where) / name) for name in kept if self._leaves(Path(where) / name))
            for name in sorted(files):
                relative = (inside / name).as_posix()
                if included.match_file(relative) and not excluded.match_file(relative):
                    yield self._item(Path(where) / name)

    def _cannot_list(self, error: OSError) -> None:
        raise SourceError(
            f"Source {self.name!r}: cannot list {error.filename}: {error.strerror}. Nothing was taken in or deleted."
        ) from error

    def open(self, item: Item) -> BinaryIO:
        """The file's bytes."""
        file = Path(item.locator)
        if not file.is_file():
            raise ItemRefused("not_a_file", f"{file} is not a regular file.")
        return io.BufferedReader(io.FileIO(file))

    def _item(self, file: Path) -> Item:
        if self._leaves(file):
            return self._refused_link(file)
        found = Item(self._id(file), file.as_uri(), media_type_of_file(file.name), locator=str(file))
        try:
            status = file.stat()
        except OSError:  # opening it will say why
            return found
        return replace(found, change_marker=f"{status.st_mtime_ns}:{status.st_size}", size=status.st_size)

    def _id(self, file: Path) -> str:
        # A name that is not UTF-8 cannot be stored as it is; its odd bytes are spelled out.
        return os.fsencode(file.relative_to(self.folder).as_posix()).decode("utf-8", "backslashreplace")

    def _leaves(self, path: Path) -> bool:
        return path.is_symlink() and not path.resolve().is_relative_to(self.folder)

    def _refused_link(self, path: Path) -> Item:
        message = f"{path} is a symbolic link to {path.resolve()}, outside the source's folder."
        return Item(self._id(path), path.as_uri(), refusal=Refusal("outside_folder", message))
