"""Whether the files of a bundle are those that were built."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from ragline.contracts.release_manifest import BundleFile, ReleaseManifest
from ragline.errors import ReleaseError

MANIFEST = "manifest.json"


def describe_files(folder: Path) -> dict[str, BundleFile]:
    """Checksum and size of every file below a folder, by path, the manifest left out."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file != folder / MANIFEST)
    return {file.relative_to(folder).as_posix(): _describe(file) for file in files}


def check_files(folder: Path, manifest: ReleaseManifest, under: str = "") -> None:
    """Compare the files that a manifest lists, or those at or below one path, with what was built.

    Raises:
        ReleaseError: one is missing or differs; says which.
    """
    listed = {name: file for name, file in manifest.files.items() if not under or name == under or name.startswith(f"{under}/")}
    if wrong := damaged_files(folder, listed):
        shown = ", ".join(sorted(wrong)[:5]) + (" …" if len(wrong) > 5 else "")
        raise ReleaseError(
            f"The release bundle in {folder} is damaged: {len(wrong)} of {len(listed)} files are missing or "
            f"differ from what was built ({shown}). Build the release again with 'ragline releases rebuild NUMBER'."
        )


def damaged_files(folder: Path, listed: Mapping[str, BundleFile]) -> dict[str, str]:
    """The files that are not as they were built, by path, with what is wrong: missing, of another size, of other content."""
    found = {name: _damage(folder / name, expected) for name, expected in sorted(listed.items())}
    return {name: damage for name, damage in found.items() if damage}


def _describe(file: Path) -> BundleFile:
    with file.open("rb") as stream:
        return BundleFile(sha256=hashlib.file_digest(stream, "sha256").hexdigest(), size=file.stat().st_size)


def _damage(file: Path, expected: BundleFile) -> str:
    """What is wrong with a file, or ""."""
    try:
        if not file.is_file():
            return "missing"
        size = file.stat().st_size
        if size != expected.size:
            return f"{size:,} bytes instead of {expected.size:,}"
        return "" if _describe(file) == expected else "its content has changed (SHA-256 differs)"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
