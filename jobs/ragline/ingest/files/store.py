"""The files below a URI of an object store, or of anything else that fsspec reaches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from ragline.errors import ConfigError, SourceError
from ragline.ingest.extract.parse.media_types import media_type_of_file
from ragline.ingest.files.change_guard import guard
from ragline.ingest.files.file_names import file_name
from ragline.ingest.item import Item
from ragline.ingest.path_patterns import PathPatterns
from ragline.runtime.lineage import ExternalInput

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

# These list everything below a prefix a thousand names a request, whatever folders they are in.
_FLAT = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az"}
_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "abfs": "azure", "abfss": "azure", "az": "azure"}
_ETAGS = ("ETag", "etag", "md5Hash", "checksum")
_TIMES = ("mtime", "LastModified", "last_modified", "updated", "modified", "created")


def open_store(uri: str, options: Mapping[str, Any]) -> tuple["AbstractFileSystem", str]:
    """The file system a URI is on, and the path in it. Secrets come from the environment, as each store names them.

    Raises:
        ConfigError: fsspec does not know the scheme, or what it needs for it is not installed.
    """
    from fsspec.core import url_to_fs

    try:
        filesystem, path = url_to_fs(uri, use_listings_cache=False, **options)
    except (ImportError, ValueError, TypeError) as error:
        scheme = uri.partition("://")[0]
        missing = isinstance(error, ImportError) and scheme in _EXTRAS
        advice = f" (pip install 'ragline[{_EXTRAS[scheme]}]')" if missing else ""
        raise ConfigError(f"Cannot open {uri}: {error}{advice}.") from error
    return filesystem, path


def marker_of(info: Mapping[str, Any]) -> str:
    """The change marker of a file as a store describes it: its etag, else its time and size; "" if it gives neither."""
    for name in _ETAGS:
        if info.get(name):
            return f"etag:{str(info[name]).strip(chr(34))}"
    times = (info[name] for name in _TIMES if info.get(name))
    return f"{time}:{info.get('size')}" if (time := next(times, None)) else ""


def _is_folder(filesystem: "AbstractFileSystem", path: str) -> bool:
    """``isdir`` takes a store that does not answer for empty; this raises what the store raises."""
    try:
        return bool(filesystem.info(path)["type"] == "directory")
    except FileNotFoundError:
        return False


def _is_etag(marker: str) -> bool:
    """Whether a marker is the same however a store is asked: some give times in several forms."""
    return marker.startswith("etag:")


@dataclass(frozen=True)
class Store:
    """A prefix of a store; an item's id is its path below it."""

    source: str
    uri: str
    options: Mapping[str, Any]
    patterns: PathPatterns

    def check(self, uri: str) -> None:
        """Raises ``ConfigError`` if there is nothing at the URI, ``SourceError`` if the store does not answer.

        Where prefixes are no folders, the last file of one takes it with it: there the bucket must be there.
        """
        filesystem, path = open_store(self.uri, self.options)
        try:
            found = _is_folder(filesystem, path)
            if not found and self.uri.partition("://")[0] in _FLAT:
                found = _is_folder(filesystem, path.partition("/")[0])
        except Exception as error:  # every store has errors of its own
            raise SourceError(f"Source {self.source!r}: {uri} cannot be reached: {type(error).__name__}: {error}.") from error
        if not found:
            raise ConfigError(f"Source {self.source!r}: there is nothing below {uri}.")

    def dataset(self) -> ExternalInput:
        """Bucket and prefix, as OpenLineage names them."""
        scheme, _, rest = self.uri.partition("://")
        bucket, _, prefix = rest.partition("/")
        return ExternalInput(f"{scheme}://{bucket}", prefix.strip("/") or "/")

    def files(self) -> Iterator[Item]:
        """Files in the order of their paths."""
        filesystem, root = open_store(self.uri, self.options)
        try:
            found = self._found(filesystem, root)
        except Exception as error:  # every store has errors of its own
            why = f"{type(error).__name__}: {error}"
            raise SourceError(
                f"Source {self.source!r}: cannot list {self.uri}: {why}. Nothing of it was taken in or deleted."
            ) from error
        prefix = root.rstrip("/") + "/"
        for path in sorted(found):
            relative = path.removeprefix(prefix)
            if found[path].get("type") == "file" and relative and not path.endswith("/") and self.patterns.selects(relative):
                yield self._item(filesystem, path, relative, found[path])

    def _found(self, filesystem: "AbstractFileSystem", root: str) -> dict[str, dict[str, Any]]:
        if self.uri.partition("://")[0] in _FLAT:
            return cast(dict[str, dict[str, Any]], filesystem.find(root, detail=True))
        # Elsewhere ``find`` passes over folders that it cannot list: their files would look deleted.
        walked = filesystem.walk(root, detail=True, on_error="raise")
        return {info["name"]: info for _, _, files in walked for info in files.values()}

    def _item(self, filesystem: "AbstractFileSystem", path: str, relative: str, info: Mapping[str, Any]) -> Item:
        return Item(
            source_id=file_name(relative.encode("utf-8", "surrogateescape")),
            uri=filesystem.unstrip_protocol(path),
            media_type=media_type_of_file(relative),
            change_marker=marker_of(info),
            size=info.get("size"),
            locator=path,
        )

    def open(self, locator: str) -> BinaryIO:
        """The bytes of a file."""
        filesystem, _ = open_store(self.uri, self.options)
        stream = cast(IO[bytes], filesystem.open(locator, "rb"))
        place = filesystem.unstrip_protocol(locator)
        return guard(stream, lambda: marker_of(filesystem.info(locator)), place, as_listed=_is_etag)
