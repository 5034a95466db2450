"""Repositories that a test commits to, and a git source over them."""

import pickle
from pathlib import Path

from dulwich import porcelain

from ragline.ingest.item import Item
from ragline.ingest.source import Listing
from ragline.ingest.sources.git.source import GitOptions, GitSource

ADA = b"Ada <ada@example.org>"


class Work:
    """A repository with a working tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repository = porcelain.init(str(folder))

    def commit(self, **files: str | None) -> str:
        """Write files (``None`` removes one) and commit; ``__`` in a name is a slash, ``_`` the dot before the suffix."""
        for name, text in files.items():
            path = "/".join(part.replace("_", ".") for part in name.split("__"))
            if text is None:
                porcelain.remove(self.repository, [str(self.folder / path)])
                continue
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text)
            porcelain.add(self.repository, [str(self.folder / path)])
        return porcelain.commit(self.repository, message=b"A change", author=ADA, committer=ADA).decode()


def source(url: object, root: Path = Path("/nowhere"), **options: object) -> GitSource:
    return pickle.loads(pickle.dumps(GitSource("code", GitOptions(url=str(url), **options), root)))


def items(made: GitSource) -> dict[str, Item]:
    return {item.source_id: item for item in made.items(Listing())}


def texts(made: GitSource, found: dict[str, Item]) -> dict[str, bytes]:
    return {item.source_id: opener().read() for item, opener in made.open_all(found.values())}
