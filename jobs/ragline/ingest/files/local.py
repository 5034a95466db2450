"""The files below a folder of this machine."""

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ragline.errors import ConfigError, SourceError
from ragline.ingest.extract.parse.media_types import media_type_of_file
from ragline.ingest.files.change_guard import guard
from ragline.ingest.files.file_names import file_name
from ragline.ingest.item import Item, ItemRefused, Refusal
from ragline.ingest.path_patterns import PathPatterns
from ragline.runtime.lineage import ExternalInput


@dataclass(frozen=True)
class LocalFolder:
    """A folder, absolute and free of symbolic links. Links that lead out of it are refused, those inside followed."""

    source: str
    folder: Path
    patterns: PathPatterns

    def check(self, uri: str) -> None:
        """Raises ``ConfigError`` if the folder is not there."""
        if not self.folder.is_dir():
            raise ConfigError(f"Source {self.source!r}: there is no folder {self.folder} (uri: {uri}).")

    def dataset(self) -> ExternalInput:
        """The folder's path, on this machine's file system."""
        return ExternalInput("file", str(self.folder))

    def files(self) -> Iterator[Item]:
        """Files in the order of their paths."""
        # A folder that cannot be listed must stop the run: its files would look deleted.
        for where, folders, files in os.walk(self.folder, onerror=self._cannot_list):
            inside = Path(where).relative_to(self.folder)
            kept = sorted(name for name in folders if self.patterns.may_select_below((inside / name).as_posix()))
            folders[:] = [name for name in kept if not (Path(where) / name).is_symlink()]
            yield from (self._refused_link(Path(where) / name) for name in kept if self._leads_out(Path(where) / name))
            for name in sorted(files):
                if self.patterns.selects((inside / name).as_posix()):
                    yield self._item(Path(where) / name)

    def open(self, locator: str) -> BinaryIO:
        """The bytes of a file; a link is checked again: its target may have changed since it was listed."""
        file = Path(locator)
        if self._leads_out(file):
            raise ItemRefused("outside_folder", f"{file} is a symbolic link to {file.resolve()}, outside the source's folder.")
        if not file.is_file():
            if not file.exists():
                raise FileNotFoundError(2, "it is gone", locator)
            raise ItemRefused("not_a_file", f"{file} is not a regular file.")
        stream = io.FileIO(file)
        return guard(stream, _marker_of(stream), str(file))

    def _cannot_list(self, error: OSError) -> None:
        raise SourceError(
            f"Source {self.source!r}: cannot list {error.filename}: {error.strerror}. Nothing of it was taken in or deleted."
        ) from error

    def _item(self, file: Path) -> Item:
        if self._leads_out(file):
            return self._refused_link(file)
        found = Item(self._id(file), file.as_uri(), media_type_of_file(file.name), locator=str(file))
        try:
            status = file.stat()
        except OSError:  # opening it will say why
            return found
        return replace(found, change_marker=_marker(status), size=status.st_size)

    def _id(self, file: Path) -> str:
        return file_name(os.fsencode(file.relative_to(self.folder).as_posix()))

    def _leads_out(self, path: Path) -> bool:
        return path.is_symlink() and not path.resolve().is_relative_to(self.folder)

    def _refused_link(self, path: Path) -> Item:
        message = f"{path} is a symbolic link to {path.resolve()}, outside the source's folder."
        return Item(self._id(path), path.as_uri(), refusal=Refusal("outside_folder", message))


def _marker(status: os.stat_result) -> str:
    return f"{status.st_mtime_ns}:{status.st_size}"


def _marker_of(stream: io.FileIO) -> Callable[[], str]:
    return lambda: _marker(os.fstat(stream.fileno()))
