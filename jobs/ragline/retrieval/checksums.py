"""Whether the files of a bundle are those that were built."""

import hashlib
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
    wrong = [name for name, expected in listed.items() if not _is_whole(folder / name, expected)]
    if wrong:
        shown = ", ".join(sorted(wrong)[:5]) + (" …" if len(wrong) > 5 else "")
        raise ReleaseError(
            f"The release bundle in {folder} is damaged: {len(wrong)} of {len(listed)} files are missing or "
            f"differ from what was built ({shown}). Build the release again with 'ragline releases rebuild NUMBER'."
        )


def _describe(file: Path) -> BundleFile:
    with file.open("rb") as stream:
        return BundleFile(sha256=hashlib.file_digest(stream, "sha256").hexdigest(), size=file.stat().st_size)


def _is_whole(file: Path, expected: BundleFile) -> bool:
    return file.is_file() and file.stat().st_size == expected.size and _describe(file) == expected
