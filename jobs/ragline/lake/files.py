"""Small files under a URI: run manifests, reports. A folder or any store that pyarrow can open."""

import os
import uuid
from pathlib import Path

from pyarrow import fs

from ragline.errors import LakeError


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


def remove_folder(uri: str) -> None:
    """Remove a folder and all below it, if it is there."""
    filesystem, path = open_filesystem(uri)
    try:
        if filesystem.get_file_info(path).type != fs.FileType.NotFound:
            filesystem.delete_dir(path)
    except OSError as error:
        raise LakeError(f"Cannot remove {uri}: {error}") from error
