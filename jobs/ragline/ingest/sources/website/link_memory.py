"""The links of pages as they were read last: a server that says "not modified" does not send them again."""

import json
import logging
from pathlib import Path

from ragline.errors import LakeError
from ragline.lake.files import read_bytes, write_bytes

log = logging.getLogger(__name__)


class LinkMemory:
    """A file in the project's ``.ragline/web/``. Without it the pages are read again: slower, and the same result."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before: dict[str, tuple[str, list[str]]] = {}
        self._now: dict[str, tuple[str, list[str]]] = {}
        try:
            self._before = json.loads(read_bytes(str(file)) or b"{}")
        except (LakeError, ValueError) as error:
            log.warning("Cannot read %s: %s", file, error)

    def recall(self, url: str, marker: str) -> list[str] | None:
        """The links of a page in that state, if they are known."""
        known, links = self._before.get(url, ("", []))
        return list(links) if known == marker else None

    def keep(self, url: str, marker: str, links: list[str]) -> None:
        """Remember a page's links."""
        self._now[url] = (marker, links)

    def save(self) -> None:
        """Write what was kept; pages that were not seen again are forgotten."""
        try:
            write_bytes(str(self._file), json.dumps(self._now).encode())
        except LakeError as error:
            log.warning("The next crawl has to read pages again that did not change: %s", error)
