"""What a project keeps in its ``.ragline`` is for its owner: documents that only some may read, passwords, keys."""

import logging
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

HOME = ".ragline"


def keep_private(root: Path, lake_uri: str | None = None) -> None:
    """Make the project's ``.ragline`` a folder that nobody else can enter, and let this process and what it starts create files
    that nobody else can read.

    A folder in which its group may write was opened to it on purpose, and stays open to it. Files of a lake elsewhere are
    created as the umask of whoever runs this says.
    """
    home = root / HOME
    with suppress(OSError):  # a read-only project, or one of another user: what is there is theirs
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = stat.S_IMODE(home.stat().st_mode)
        closed_to = 0o007 if mode & 0o020 else 0o077
        if lake_uri is None or Path(lake_uri).is_relative_to(home):
            os.umask(closed_to)
        if mode & closed_to:
            home.chmod(mode & ~closed_to)
            log.info("%s is no longer open to others; to share it with a group, let that write there (chmod g+rwx).", home)


def write_once(file: Path, content: bytes) -> bytes:
    """Write a file that only its owner can read, unless it is there; returns what is in it. Of two processes that do this at
    once one writes, and both get what it wrote.

    Raises:
        OSError: it can be neither written nor read.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    return file.read_bytes()
