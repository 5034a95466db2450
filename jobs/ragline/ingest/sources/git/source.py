"""Files of a git repository at a branch or tag."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO
from urllib.parse import urlsplit

from dulwich.object_store import iter_tree_contents
from dulwich.objects import Commit
from dulwich.repo import Repo
from pydantic import Field, field_validator

from ragline.config.project import resolve
from ragline.config.text_settings import CannotChangeText
from ragline.errors import ConfigError, SourceError
from ragline.ingest.extract.parse.media_types import media_type_of_file
from ragline.ingest.files.file_names import file_name
from ragline.ingest.item import Item, ItemRefused, Refusal
from ragline.ingest.path_patterns import PathPatterns
from ragline.ingest.source import Listing, Opener, Source
from ragline.ingest.sources.git.blob_size import blob_size
from ragline.ingest.sources.git.repository import Remote, object_id, open_copy, open_local, resolve_commit
from ragline.runtime.lineage import ExternalInput

_REMOTE = re.compile(r"^(https?|ssh|git)://|^[\w.-]+@[\w.-]+:")
_KINDS = {0o120000: "a symbolic link", 0o160000: "a submodule"}
_IN_ADDRESS = CannotChangeText("it is in the address of every item, which is part of its metadata hash")
_CREDENTIALS = CannotChangeText("who asks for a blob gets that blob, or nothing")
_LFS = b"version https://git-lfs.github.com/spec/"


class GitOptions(PathPatterns):
    """``url`` is a path on this machine, or a remote; ``password_env`` names the environment variable with its password.

    No more than ``max_fetch_bytes`` are fetched of a remote at once.
    """

    url: Annotated[str, _IN_ADDRESS]
    ref: Annotated[str, _IN_ADDRESS] = "HEAD"
    username: Annotated[str, _CREDENTIALS] = ""
    password_env: Annotated[str | None, _CREDENTIALS] = None
    max_fetch_bytes: Annotated[int, Field(gt=0), CannotChangeText("more than that stops the listing")] = 4 * 2**30

    @field_validator("url")
    @classmethod
    def _holds_no_secret(cls, url: str) -> str:
        if _REMOTE.match(url) and urlsplit(url).password:
            raise ValueError("it holds a password; put that into an environment variable and name it in password_env")
        return url


class GitSource(Source[GitOptions]):
    """Every included file of a commit; an item's id is its path, its change marker the blob's id."""

    options_model = GitOptions
    _commit = ""

    @property
    def is_remote(self) -> bool:
        """Whether the repository is reached by a URL."""
        return _REMOTE.match(self.options.url) is not None

    @property
    def url(self) -> str:
        """The remote's URL, or the absolute path."""
        return self.options.url if self.is_remote else resolve(self.root, self.options.url)

    def check(self) -> None:
        """A local repository must be there; a remote one is reached when it is listed."""
        if not self.is_remote:
            try:
                open_local(Path(self.url)).close()
            except ConfigError as error:
                raise ConfigError(f"Source {self.name!r}: {error} (url: {self.options.url})") from error

    def dataset(self) -> ExternalInput:
        """The repository and what of it is followed."""
        return ExternalInput("git", f"{self.url}@{self.options.ref}")

    def facts(self) -> Mapping[str, str]:
        """The commit that was listed."""
        return {"ref": self.options.ref, "commit": self._commit} if self._commit else {}

    def listed(self, listing: Listing) -> Iterator[Item]:
        """Files in the order of the commit's tree. Only trees are read, and the sizes of what is new."""
        with self._repository() as repository:
            self._commit = self._latest(repository)
            commit = repository[object_id(self._commit)]
            if not isinstance(commit, Commit):
                raise SourceError(f"Source {self.name!r}: {self._commit} is not a commit.")
            for entry in iter_tree_contents(repository.object_store, commit.tree):
                path = file_name(entry.path or b"")
                if self.options.selects(path):
                    item = self._item(path, entry.mode or 0, (entry.sha or b"").decode())
                    is_new = item.refusal is None and listing.change_markers.get(path) != item.change_marker
                    yield replace(item, size=blob_size(repository.object_store, item.locator)) if is_new else item

    def open(self, item: Item) -> BinaryIO:
        """The blob's bytes."""
        with self._repository() as repository:
            return self._blob(repository, item)

    def open_all(self, items: Iterable[Item]) -> Iterator[tuple[Item, Opener]]:
        """The repository is opened once."""
        with self._repository() as repository:
            for item in items:
                yield item, partial(self._blob, repository, item)

    def _repository(self) -> Repo:
        return open_copy(self.root, self.url) if self.is_remote else open_local(Path(self.url))

    def _latest(self, repository: Repo) -> str:
        if self.is_remote:
            options = self.options
            return Remote(self.url, options.ref, options.username, options.password_env, options.max_fetch_bytes).fetch(
                repository
            )
        return resolve_commit(repository, self.options.ref)

    def _item(self, path: str, mode: int, blob: str) -> Item:
        # As SPDX writes a place in a repository. The commit is not in it: it would change every document.
        scheme = "" if self.is_remote else "file://"
        uri = f"git+{scheme}{self.url}@{self.options.ref}#{path}"
        if kind := _KINDS.get(mode):
            return Item(path, uri, change_marker=blob, refusal=Refusal("not_a_file", f"{path} is {kind}, not a file."))
        return Item(path, uri, media_type_of_file(path), change_marker=blob, locator=blob)

    def _blob(self, repository: Repo, item: Item) -> BinaryIO:
        key = object_id(item.locator)
        if key not in repository.object_store:  # on another machine than the one that listed
            self._latest(repository)
        try:
            content = repository.object_store.get_raw(key)[1]
        except KeyError as error:
            if not self.is_remote:
                why = "the repository does not hold its content (a partial clone fetches it with git checkout)"
                raise FileNotFoundError(2, why, item.uri) from error
            message = f"{item.uri} is not in the repository any more; the next run takes in what is."
            raise ItemRefused("changed_while_read", message) from error
        if content.startswith(_LFS) and len(content) < 1024:
            raise ItemRefused("lfs_pointer", f"{item.uri} is a pointer of Git LFS; the repository does not hold the file itself.")
        return io.BytesIO(content)
