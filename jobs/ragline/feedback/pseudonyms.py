"""Pseudonyms: users are stored under a keyed hash, so that nobody without the key can tell who clicked."""

import hashlib
import hmac
import logging
import os
import secrets
from pathlib import Path

from ragline.config.settings import Settings
from ragline.errors import ConfigError
from ragline.lake.files import open_filesystem, read_bytes
from ragline.runtime.private_files import HOME, write_once

log = logging.getLogger(__name__)

KEY_VARIABLE = "RAGLINE_PSEUDONYM_KEY"


def pseudonym_key(settings: Settings) -> bytes:
    """The key: ``RAGLINE_PSEUDONYM_KEY``, or a random one that is made on first use and kept in the project, away from the lake
    and readable to its owner alone.

    The lake keeps a mark of the key that was made for it, from which the key cannot be told: another machine does not make a
    second one. Whoever deletes the key makes the stored pseudonyms unlinkable for good.

    Raises:
        ConfigError: the key that this lake's pseudonyms were made with is not here, or none can be made here.
    """
    if given := os.environ.get(KEY_VARIABLE):
        return given.encode()
    former = f"{settings.lake.uri}/_secrets/pseudonym.key"
    if "://" in settings.lake.uri:
        return _former_key_of_a_store(settings.lake.uri, former)
    mark = Path(settings.lake.uri) / "_secrets" / "pseudonym.mark"
    file = key_file(settings)
    if not file.is_file():
        moved = read_bytes(former)
        if moved is None and mark.is_file():
            raise _other_key(file, mark)
        key = write_once(file, moved or secrets.token_hex(32).encode())
    else:
        key = file.read_bytes()
    if not hmac.compare_digest(write_once(mark, mark_of(key)), mark_of(key)):
        raise _other_key(file, mark)
    _remove_former(former, key)
    return key


def key_file(settings: Settings) -> Path:
    """Where a pipeline's own key is kept."""
    return settings.root / HOME / "secrets" / f"{settings.pipeline}.pseudonym-key"


def mark_of(key: bytes) -> bytes:
    """What tells a key from another one without giving it away."""
    return hmac.new(key, b"the mark of this key", hashlib.sha256).hexdigest()[:16].encode()


def pseudonym(user: str, key: bytes) -> str:
    """HMAC-SHA256 of a user's name, 32 hex digits; an empty name stays empty."""
    return hmac.new(key, user.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32] if user else ""


def _former_key_of_a_store(lake_uri: str, former: str) -> bytes:
    """Machines that share a store share no folder: a key that each makes for itself would be as many keys."""
    if kept := read_bytes(former):
        log.warning(
            "The key of the pseudonyms is in %s, beside the data it protects: give it to the jobs as %s, then delete it there.",
            former,
            KEY_VARIABLE,
        )
        return kept
    raise ConfigError(
        f"The lake is in a store ({lake_uri}), where no key is kept beside the data: set {KEY_VARIABLE}, the same on every "
        "machine and for good (python -c 'import secrets; print(secrets.token_hex(32))' makes one)."
    )


def _remove_former(former: str, key: bytes) -> None:
    """Delete the key that an earlier version left in the lake, now that it is kept elsewhere."""
    if read_bytes(former) == key:
        filesystem, path = open_filesystem(former)
        filesystem.delete_file(path)
        log.info("The key of the pseudonyms was moved out of the lake.")


def _other_key(file: Path, mark: Path) -> ConfigError:
    return ConfigError(
        f"The pseudonyms in this lake were made with another key than {file} holds: copy that file from the project that made "
        f"them, or set {KEY_VARIABLE}. To begin anew, so that nobody links old and new pseudonyms, delete {file} and {mark}."
    )
