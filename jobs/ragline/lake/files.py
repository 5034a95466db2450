"""Small files under a URI: run manifests, reports. A folder or any store that pyarrow can open."""

import errno
import os
import shutil
import uuid
from contextlib import suppress
from pathlib import Path

from pyarrow import fs

from ragline.errors import LakeError

# How file systems say that they have no hard links (to this file, or at all).
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)


def open_filesystem(uri: str) -> tuple[fs.FileSystem, str]:
    """The filesystem that a URI or a path lives on, and the path inside it."""
    try:
        if "://" not in uri:
            return fs.LocalFileSystem(), str(Path(uri).absolute())
        filesystem, path = fs.FileSystem.from_uri(uri)
        return filesystem, path
    except (OSError, ValueError) as error:
        raise LakeError(f"Cannot open {uri!r}: {error}") from error


def write_bytes(uri: str, data: bytes) -> None:
    """Write a file whole: on a folder it appears complete or not at all."""
    filesystem, path = open_filesystem(uri)
    try:
        filesystem.create_dir(os.path.dirname(path), recursive=True)
        local = isinstance(filesystem, fs.LocalFileSystem)
        target = f"{path}.{uuid.uuid4().hex[:8]}.tmp" if local else path
        with filesystem.open_output_stream(target) as stream:
            stream.write(data)
        if local:
            os.replace(target, path)
    except OSError as error:
        raise LakeError(f"Cannot write {uri}: {error}") from error


def read_bytes(uri: str) -> bytes | None:
    """The file's content, or None if there is no such file."""
    filesystem, path = open_filesystem(uri)
    try:
        with filesystem.open_input_stream(path) as stream:
            return bytes(stream.read())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LakeError(f"Cannot read {uri}: {error}") from error


def list_files(uri: str) -> list[str]:
    """Paths of the files below ``uri`` as URIs of the same form, sorted; empty if there is no such folder."""
    filesystem, path = open_filesystem(uri)
    infos = filesystem.get_file_info(fs.FileSelector(path, recursive=True, allow_not_found=True))
    prefix = uri.rstrip("/")
    return sorted(prefix + info.path[len(path) :] for info in infos if info.type == fs.FileType.File)


def copy_missing_files(source: str, target: str) -> int:
    """Copy the files below one folder that are not yet below another (both of one lake); return how many those were.

    Each appears whole or not at all, so that several processes may do this at once. On a local disk they are links to the same
    bytes; an object store copies them without their passing through here.

    Raises:
        OSError: a file could not be copied.
    """
    there = {uri[len(target) :] for uri in list_files(target)}
    missing = [uri[len(source) :] for uri in list_files(source) if uri[len(source) :] not in there]
    for name in missing:
        _copy_file(source + name, target + name)
    return len(missing)


def _copy_file(source: str, target: str) -> None:
    filesystem, path = open_filesystem(target)
    _, original = open_filesystem(source)
    if not isinstance(filesystem, fs.LocalFileSystem):
        filesystem.copy_file(original, path)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with suppress(FileExistsError):  # another process was faster
        try:
            os.link(original, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            part = f"{path}.{uuid.uuid4().hex[:8]}.tmp"
            shutil.copyfile(original, part)
            os.replace(part, path)


def remove_file(uri: str) -> None:
    """Remove a file, if it is there."""
    filesystem, path = open_filesystem(uri)
    try:
        if filesystem.get_file_info(path).type != fs.FileType.NotFound:
            filesystem.delete_file(path)
    except OSError as error:
        raise LakeError(f"Cannot remove {uri}: {error}") from error


def remove_folder(uri: str) -> None:
    """Remove a folder and all below it, if it is there."""
    filesystem, path = open_filesystem(uri)
    try:
        if filesystem.get_file_info(path).type != fs.FileType.NotFound:
            filesystem.delete_dir(path)
    except OSError as error:
        raise LakeError(f"Cannot remove {uri}: {error}") from error
