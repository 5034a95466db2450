"""Write a release's bundle. ``manifest.json`` comes last, so that a folder that has one is complete."""

import os
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa

from ragline.contracts.release_manifest import ReleaseManifest
from ragline.errors import ReleaseError
from ragline.retrieval.bundle import CHUNKS, EMBEDDER, LEXICAL
from ragline.retrieval.checksums import MANIFEST, describe_files
from ragline.retrieval.chunk_store import indexed_texts, write_chunks
from ragline.retrieval.lexical import build_lexical_index
from ragline.retrieval.ragline_wheel import pack_wheel
from ragline.retrieval.vectors.vector_index import vector_index_kind

_LINK_FROM_BYTES = 1_000_000


def write_bundle(
    folder: Path, manifest: ReleaseManifest, chunks: pa.Table, vectors: np.ndarray, embedder_folder: Path
) -> ReleaseManifest:
    """Fill a new folder; return the manifest with its files.

    ``chunks`` come in row order (``chunk_store.in_row_order``), ``vectors`` is float32 (rows, dimension) in the same.
    Weights are hard-linked where the file system allows it, so that a release costs no second copy of them.
    """
    if chunks.num_rows != len(vectors):
        raise ReleaseError(f"A release needs one vector per chunk; got {len(vectors)} vectors and {chunks.num_rows} chunks.")
    spec = manifest.spec
    kind = vector_index_kind(spec.vectors)
    folder.mkdir(parents=True)
    write_chunks(folder / CHUNKS, chunks)
    kind.build(vectors, spec.vectors.parameters).save(folder / kind.file_name)
    build_lexical_index(folder / LEXICAL, indexed_texts(chunks, spec.chunk_text.heading_prefix), spec.lexical)
    _tidy_lexical_files(folder / LEXICAL)
    shutil.copytree(embedder_folder, folder / EMBEDDER, copy_function=_link_or_copy)
    pack_wheel(folder)
    complete = manifest.model_copy(update={"files": describe_files(folder)})
    (folder / MANIFEST).write_text(complete.model_dump_json(indent=2), encoding="utf-8")
    return complete


def _tidy_lexical_files(lexical: Path) -> None:
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
