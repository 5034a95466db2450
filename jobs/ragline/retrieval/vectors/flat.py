"""The exact vector index: the inner product with every vector, by FAISS."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ragline.errors import UnreadableIndex

# At its first import FAISS tells at length which of its builds suit this processor.
logging.getLogger("faiss.loader").setLevel(logging.WARNING)
import faiss  # noqa: E402

# The file: these four letters, a header, the number of values, the values. The same since FAISS 1.5 of 2018.
_LETTERS = b"IxFI"
_HEADER = np.dtype([("letters", "S4"), ("dimension", "<i4"), ("rows", "<i8"), ("unused", "<i8", 2), ("trained", "u1"),
                    ("metric", "<i4"), ("values", "<u8")])  # fmt: skip


@dataclass(frozen=True)
class FlatIndex:
    """All vectors, as they are, one after another."""

    file_name: ClassVar[str] = "index.faiss"
    index: faiss.Index

    @classmethod
    def build(cls, vectors: npt.NDArray[np.float32], parameters: Mapping[str, int | float | str | bool]) -> "FlatIndex":
        """An index over vectors (n, dimension); this kind has no parameters."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def open(cls, file: Path) -> "FlatIndex":
        """A saved index, mapped into memory rather than read.

        Raises:
            UnreadableIndex: the file is missing, or FAISS cannot read it.
        """
        try:
            return cls(faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC))
        except RuntimeError as error:
            raise UnreadableIndex(f"The vector index {file} cannot be read: {error}") from error

    @classmethod
    def read_vectors(cls, file: Path) -> npt.NDArray[np.float32]:
        """The vectors (n, dimension) in a saved index, mapped into memory without FAISS: a flat file is a header and the
        vectors, so that a bundle needs no second copy of them.

        Raises:
            UnreadableIndex: the file is no flat index.
        """
        with file.open("rb") as stream:
            start = stream.read(_HEADER.itemsize)
        if len(start) < _HEADER.itemsize or not start.startswith(_LETTERS):
            raise UnreadableIndex(f"The vector index {file} is no flat FAISS index.")
        header = np.frombuffer(start, _HEADER)[0]
        shape = int(header["rows"]), int(header["dimension"])
        if shape[0] * shape[1] != int(header["values"]) or file.stat().st_size != _HEADER.itemsize + 4 * shape[0] * shape[1]:
            raise UnreadableIndex(f"The vector index {file} does not hold {shape[0]} vectors of dimension {shape[1]}.")
        if not shape[0]:
            return np.empty(shape, np.float32)
        return np.memmap(file, dtype="<f4", mode="r", offset=_HEADER.itemsize, shape=shape)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.index.d)

    def __len__(self) -> int:
        return int(self.index.ntotal)

    def search(
        self, queries: npt.NDArray[np.float32], k: int, hidden: npt.NDArray[np.bool_] | None = None
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Inner products and rows of the k nearest vectors that are not hidden, best first; row -1 where there are fewer."""
        wanted = np.ascontiguousarray(queries, dtype=np.float32)
        if hidden is None:
            return self.index.search(wanted, k)  # type: ignore[no-any-return]
        counts = np.packbits(~hidden, bitorder="little")  # FAISS does not copy it: it has to live until the search is done
        only = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(counts))  # type: ignore[call-arg,arg-type]
        return self.index.search(wanted, k, params=only)  # type: ignore[no-any-return]

    def reconstruct(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """The vectors of these rows (n, dimension)."""
        return self.index.reconstruct_batch(rows)  # type: ignore[no-any-return]

    def save(self, file: Path) -> None:
        """Write the index to a file."""
        faiss.write_index(self.index, str(file))
