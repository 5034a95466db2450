"""A release's bundle: one folder that holds all a search needs, and a manifest with a checksum for every file.

``manifest.json`` is written last, so a folder that has one is complete.
"""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pydantic import ValidationError

from ragline.config.index import FusionSettings, LexicalSettings
from ragline.contracts.release_manifest import BundleFile, ReleaseManifest
from ragline.errors import ReleaseError
from ragline.retrieval.chunk_store import indexed_texts, open_chunks, write_chunks
from ragline.retrieval.lexical import LexicalIndex, build_lexical_index, open_lexical_index
from ragline.retrieval.vectors import VectorIndex, build_vector_index, load_vector_index
from ragline.retrieval.wheel import pack_wheel

MANIFEST, VECTORS, LEXICAL, CHUNKS, EMBEDDER = "manifest.json", "index.faiss", "lexical", "chunks.arrow", "embedder"
_LINK_FROM_BYTES = 1_000_000


@dataclass(frozen=True)
class Bundle:
    """An open bundle. Its parts are opened when asked for."""

    folder: Path
    manifest: ReleaseManifest

    def chunks(self) -> pa.Table:
        """The chunks, mapped into memory, in row order."""
        return open_chunks(self.folder / CHUNKS)

    def vectors(self) -> VectorIndex:
        """The vector index, mapped into memory."""
        return load_vector_index(self.folder / VECTORS)

    def lexical(self) -> LexicalIndex:
        """The lexical index."""
        return open_lexical_index(self.folder / LEXICAL, lexical_settings(self.manifest))

    @property
    def embedder_folder(self) -> Path:
        """The encoder's weights."""
        return self.folder / EMBEDDER


def lexical_settings(manifest: ReleaseManifest) -> LexicalSettings:
    """How the lexical index of this release cuts text."""
    return LexicalSettings.model_validate(manifest.index["lexical"])


def fusion_settings(manifest: ReleaseManifest) -> FusionSettings:
    """How this release fuses its two rankings."""
    return FusionSettings.model_validate(manifest.index["fusion"])


def write_bundle(
    folder: Path, manifest: ReleaseManifest, chunks: pa.Table, vectors: np.ndarray, embedder_folder: Path
) -> ReleaseManifest:
    """Fill a new folder; return the manifest with its files.

    ``chunks`` come in row order (``chunk_store.in_row_order``), ``vectors`` is float32 (rows, dimension) in the same.
    Weights are hard-linked where the file system allows it, so that a release costs no second copy of them.
    """
    if chunks.num_rows != len(vectors):
        raise ReleaseError(f"A release needs one vector per chunk; got {len(vectors)} vectors and {chunks.num_rows} chunks.")
    folder.mkdir(parents=True)
    write_chunks(folder / CHUNKS, chunks)
    build_vector_index(vectors).save(folder / VECTORS)
    build_lexical_index(folder / LEXICAL, indexed_texts(chunks, manifest.heading_prefix), lexical_settings(manifest))
    _settle(folder / LEXICAL)
    shutil.copytree(embedder_folder, folder / EMBEDDER, copy_function=_link_or_copy)
    pack_wheel(folder)
    complete = manifest.model_copy(update={"files": describe_files(folder)})
    (folder / MANIFEST).write_text(complete.model_dump_json(indent=2), encoding="utf-8")
    return complete


def _settle(lexical: Path) -> None:
    """Drop tantivy's lock files, and let others than the builder read the files that it made private."""
    for file in lexical.iterdir():
        if file.suffix == ".lock":
            file.unlink()
        else:
            file.chmod(0o644)


def _link_or_copy(source: str, target: str) -> str:
    if os.stat(source).st_size >= _LINK_FROM_BYTES:
        try:
            os.link(source, target)
            return target
        except OSError:  # another file system, or one without hard links: a copy is as good
            return shutil.copyfile(source, target)
    return shutil.copyfile(source, target)


def describe_files(folder: Path) -> dict[str, BundleFile]:
    """Checksum and size of every file below a folder, by path, the manifest left out."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file != folder / MANIFEST)
    return {file.relative_to(folder).as_posix(): _describe(file) for file in files}


def _describe(file: Path) -> BundleFile:
    with file.open("rb") as stream:
        return BundleFile(sha256=hashlib.file_digest(stream, "sha256").hexdigest(), size=file.stat().st_size)


def open_bundle(folder: Path) -> Bundle:
    """Open a bundle by its manifest. Checksums are not looked at (``verify_bundle`` does).

    Raises:
        ReleaseError: there is no bundle, or its manifest cannot be read.
    """
    try:
        manifest = ReleaseManifest.model_validate_json((folder / MANIFEST).read_bytes())
    except OSError as error:
        raise ReleaseError(f"There is no release bundle in {folder}: {error.strerror}.") from error
    except ValidationError as error:
        raise ReleaseError(f"The manifest of the release bundle in {folder} is damaged: {error}") from error
    return Bundle(folder, manifest)


def verify_bundle(folder: Path) -> ReleaseManifest:
    """The manifest, once every file it lists is found whole.

    Raises:
        ReleaseError: a file is missing or differs from what was built; says which.
    """
    manifest = open_bundle(folder).manifest
    wrong = [name for name, expected in manifest.files.items() if not _is_whole(folder / name, expected)]
    if wrong:
        shown = ", ".join(sorted(wrong)[:5]) + (" …" if len(wrong) > 5 else "")
        raise ReleaseError(
            f"The release bundle in {folder} is damaged: {len(wrong)} of {len(manifest.files)} files are missing or "
            f"differ from what was built ({shown}). Build the release again with 'ragline index'."
        )
    return manifest


def _is_whole(file: Path, expected: BundleFile) -> bool:
    return file.is_file() and file.stat().st_size == expected.size and _describe(file) == expected
