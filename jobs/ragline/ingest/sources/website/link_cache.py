"""A cache of the links on pages: a server that answers "not modified" does not send the page, and so not its links."""

import json
import logging
from pathlib import Path

from ragline.errors import LakeError
from ragline.lake.files import read_bytes, write_bytes

log = logging.getLogger(__name__)


class LinkCache:
    """A file in the project's ``.ragline/web/``. Without it the pages are read again: slower, and the same result."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before: dict[str, tuple[str, list[str]]] = {}
        self._now: dict[str, tuple[str, list[str]]] = {}
        try:
            self._before = json.loads(read_bytes(str(file)) or b"{}")
        except (LakeError, ValueError) as error:
            log.warning("Cannot read %s: %s", file, error)

    def get(self, url: str, marker: str) -> list[str] | None:
        """The links of a page, if they were stored under that change marker."""
        stored_marker, links = self._before.get(url, ("", []))
        return list(links) if stored_marker == marker else None

    def put(self, url: str, marker: str, links: list[str]) -> None:
        """Store the links of a page."""
        self._now[url] = (marker, links)

    def save(self) -> None:
        """Write the links of the pages that were put since the cache was opened; others are dropped."""
        try:
            write_bytes(str(self._file), json.dumps(self._now).encode())
        except LakeError as error:
            log.warning("The next crawl has to read pages again that did not change: %s", error)
