"""The vector index of a release: exact inner product, by FAISS. A vector's id is its chunk's row."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ragline.errors import ReleaseError

if TYPE_CHECKING:
    import faiss


@dataclass(frozen=True)
class VectorIndex:
    """A searchable set of vectors."""

    index: "faiss.Index"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.index.d)

    def __len__(self) -> int:
        return int(self.index.ntotal)

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Inner products and rows of the k nearest vectors, best first: two arrays (n, k); row -1 where there are fewer.

        ``queries`` is float32 (n, dimension).
        """
        scores, rows = self.index.search(np.ascontiguousarray(queries, dtype=np.float32), k)
        return scores, rows

    def save(self, file: Path) -> None:
        """Write the index to a file."""
        _faiss().write_index(self.index, str(file))


def build_vector_index(vectors: np.ndarray) -> VectorIndex:
    """An exact index over float32 vectors (n, dimension); row i gets id i."""
    index = _faiss().IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return VectorIndex(index)


def load_vector_index(file: Path) -> VectorIndex:
    """Open a saved index, mapped into memory rather than read.

    Raises:
        ReleaseError: the file is missing or is no FAISS index.
    """
    faiss = _faiss()
    try:
        return VectorIndex(faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC))
    except RuntimeError as error:
        raise ReleaseError(f"The vector index {file} cannot be read: {error}") from error


def _faiss() -> Any:
    """The module, which at its first import tells at length which of its builds suit this processor."""
    logging.getLogger("faiss.loader").setLevel(logging.WARNING)
    import faiss

    return faiss
