"""Open a git repository of this machine, or a local copy of a remote one, by dulwich: no git program is needed."""

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dulwich.client import GitClient, get_transport_and_path
from dulwich.config import ConfigDict
from dulwich.errors import NotGitRepository
from dulwich.objects import Commit, ObjectID, Tag
from dulwich.refs import Ref
from dulwich.repo import Repo

from ragline.contracts.fingerprints import fingerprint
from ragline.errors import ConfigError, RaglineError, SourceError
from ragline.ingest.sources.git.connections import connections

log = logging.getLogger(__name__)

_TIMEOUT = b"120"  # seconds without a byte
_SPOOLED_BYTES = 16 * 2**20
_FETCHED = "refs/heads/fetched"


@dataclass(frozen=True)
class Remote:
    """Where a remote repository is, who asks, and how many bytes one fetch may bring.

    The password is the value of an environment variable.
    """

    url: str
    ref: str
    username: str = ""
    password_env: str | None = None
    max_fetch_bytes: int = 4 * 2**30

    def fetch(self, repository: Repo) -> str:
        """Bring the state of ``ref`` into ``repository``, without its history; returns the commit.

        Raises:
            SourceError: the remote cannot be reached, has no such branch or tag, or sends more than it may.
        """
        config = ConfigDict()
        config.set((b"http",), b"timeout", _TIMEOUT)
        try:
            client, path = get_transport_and_path(
                self.url,
                config,
                "pull",
                username=self.username or None,
                password=self._password(),
                quiet=True,
                pool_manager=connections(config, self.url) if self.url.startswith("http") else None,
            )
            known = client.get_refs(path.encode()).refs
            target = self._target(known)
            if target not in repository.object_store:
                log.info("Fetching %s of %s.", self.ref, self.url)
                self._fetch_pack(client, path, repository, target)
            commit = _peeled(repository, target)
        except RaglineError:
            raise
        except Exception as error:  # sockets, HTTP and git have their own trees of errors
            raise SourceError(f"Cannot fetch {self.ref} of {self.url}: {type(error).__name__}: {error}.") from error
        repository.refs[_ref(_FETCHED)] = object_id(commit)  # the next fetch gets only what is not in it
        return commit

    def _fetch_pack(self, client: GitClient, path: str, repository: Repo, target: ObjectID) -> None:
        """As dulwich's own ``fetch``, but what arrives is counted: a server could send for ever."""

        def wants_target(refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:
            return [target]

        def keep(data: bytes) -> int:
            if pack.tell() + len(data) > self.max_fetch_bytes:
                raise SourceError(f"{self.url} sends more than {self.max_fetch_bytes:,} bytes (max_fetch_bytes).")
            return pack.write(data)

        with tempfile.SpooledTemporaryFile(_SPOOLED_BYTES, dir=str(repository.object_store.path)) as pack:
            found = client.fetch_pack(path, wants_target, repository.get_graph_walker(), keep, depth=1)
            if found.object_format and found.object_format != repository.object_format.name:
                repository._change_object_format(found.object_format)
            if pack.tell():
                pack.seek(0)
                repository.object_store.add_thin_pack(pack.read, None)
        repository.update_shallow(found.new_shallow, found.new_unshallow)

    def _target(self, refs: Mapping[Ref, ObjectID | None]) -> ObjectID:
        for prefix in ("", "refs/heads/", "refs/tags/"):
            if found := refs.get(_ref(f"{prefix}{self.ref}")):
                return found
        raise _missing_ref(self.url, self.ref, refs)

    def _password(self) -> str | None:
        if self.password_env is None:
            return None
        if not (password := os.environ.get(self.password_env)):
            raise ConfigError(f"The environment variable {self.password_env} (password_env of {self.url}) is not set.")
        return password


def open_local(folder: Path) -> Repo:
    """A repository on this machine, with or without a working tree.

    Raises:
        ConfigError: there is none.
    """
    try:
        return Repo(str(folder))
    except NotGitRepository as error:
        raise ConfigError(f"{folder} is not a git repository.") from error


def open_copy(root: Path, url: str) -> Repo:
    """The local copy of a remote repository, made empty where there is none yet: ``.ragline/git/`` in the project.

    On a machine that does not have the project (an executor) it is in the folder for temporary files.
    """
    place = _writable(root) / f"{fingerprint(url)}.git"
    if not place.exists():
        made = Path(tempfile.mkdtemp(prefix="new-", dir=place.parent))
        Repo.init_bare(str(made)).close()
        try:
            made.rename(place)
        except OSError:  # another process was faster
            shutil.rmtree(made)
    return Repo(str(place))


def resolve_commit(repository: Repo, ref: str) -> str:
    """The commit that a branch, a tag or ``HEAD`` stands for now.

    Raises:
        SourceError: there is no such branch or tag.
    """
    for name in (ref, f"refs/heads/{ref}", f"refs/tags/{ref}", f"refs/remotes/origin/{ref}"):
        try:
            return _peeled(repository, repository.refs[_ref(name)])
        except (KeyError, ValueError):  # no such ref, or no name for one
            continue
    raise _missing_ref(repository.path, ref, repository.refs.allkeys())


def object_id(text: str) -> ObjectID:
    """An object's id as dulwich wants it."""
    return ObjectID(text.encode())


def _missing_ref(place: str, ref: str, refs: Iterable[Ref]) -> SourceError:
    names = [re.fullmatch(rb"refs/(?:heads|remotes/origin)/(.+)", name) for name in sorted(refs)]
    branches = [name[1].decode(errors="replace") for name in names if name]
    if not branches:
        return SourceError(f"{place} has no branch yet: nothing was committed to it. Nothing of it was taken in or deleted.")
    there = ", ".join(branches[:20])
    return SourceError(
        f"{place} has no branch or tag {ref!r}; its branches are: {there}. Nothing of it was taken in or "
        "deleted; if another one is to be followed from now on, set the source's ref."
    )


def _ref(name: str) -> Ref:
    return Ref(name.encode())


def _peeled(repository: Repo, target: ObjectID) -> str:
    found = repository[target]
    while isinstance(found, Tag):
        found = repository[found.object[1]]
    if not isinstance(found, Commit):
        raise SourceError(f"{target.decode()} in {repository.path} is a {found.type_name.decode()}, not a commit.")
    return found.id.decode()


def _writable(root: Path) -> Path:
    for place in (root / ".ragline" / "git", Path(tempfile.gettempdir()) / f"ragline-git-{os.getuid()}"):
        try:
            place.mkdir(mode=0o700, parents=place.parent == root / ".ragline", exist_ok=True)
        except OSError:
            continue
        if os.access(place, os.W_OK) and place.stat().st_uid == os.getuid():
            return place
    raise SourceError(f"There is no place for a copy of a git repository: neither {root}/.ragline/git nor a temporary folder.")
