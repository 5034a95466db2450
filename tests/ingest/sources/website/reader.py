"""A site's source, listed again and again."""

import hashlib
import pickle
from pathlib import Path

from ragline.ingest.item import Item
from ragline.ingest.source import Listing
from ragline.ingest.sources.website.options import WebsiteOptions
from ragline.ingest.sources.website.source import WebsiteSource

QUICK = {"requests_per_second": 10_000, "retry_seconds": 0.001, "timeout_seconds": 5, "attempts": 3, "allow_private": True}


def page(*links: str) -> str:
    return "<h1>Page</h1>" + "".join(f'<a href="{link}">more</a>' for link in links)


class Reader:
    """A site's source, listed again and again as a pipeline would."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.folder = folder
        self.source = pickle.loads(pickle.dumps(WebsiteSource("web", WebsiteOptions(**{**QUICK, **options}), folder)))
        self.known: dict[str, str] = {}
        self.spooled: list[bytes] = []

    def list(self) -> dict[str, Item]:
        """The items by path; what was taken in is known the next time."""
        self.spooled = []
        found = list(self.source.items(Listing(self.known, self._spool)))
        self.known = {item.source_id: item.change_marker for item in found if item.refusal is None}
        assert len({item.source_id for item in found}) == len(found)
        return {item.source_id.split("/", 3)[3]: item for item in found}

    def _spool(self, content: bytes) -> str:
        self.spooled.append(content)
        file = self.folder / hashlib.sha256(content).hexdigest()
        file.write_bytes(content)
        return str(file)
