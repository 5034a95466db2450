"""What a vector index can do, and the kinds there are. Another kind is one more file, and a line in ``KINDS``."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Protocol, Self

import numpy as np
import numpy.typing as npt

from ragline.contracts.release_spec import VectorIndexSpec
from ragline.errors import ReleaseError
from ragline.retrieval.vectors.flat import FlatIndex

Parameters = Mapping[str, int | float | str | bool]


class VectorIndex(Protocol):
    """A searchable set of float32 vectors. A vector's row is its chunk's."""

    file_name: ClassVar[str]

    @classmethod
    def build(cls, vectors: npt.NDArray[np.float32], parameters: Parameters) -> Self:
        """An index over vectors (n, dimension); the i-th has row i."""
        ...

    @classmethod
    def open(cls, file: Path) -> Self:
        """A saved index. Raises ``UnreadableIndex`` where the library cannot read it."""
        ...

    @classmethod
    def read_vectors(cls, file: Path) -> npt.NDArray[np.float32]:
        """The vectors (n, dimension) in a saved index, read without the library that wrote it: from them it is
        built again where that library reads its own old files no more. A kind that does not store them as they were keeps
        them in a file beside it.
        """
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def __len__(self) -> int:
        """How many vectors there are."""
        ...

    def search(
        self, queries: npt.NDArray[np.float32], k: int, hidden: npt.NDArray[np.bool_] | None = None
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Inner products and rows of the k nearest vectors, best first: two arrays (n, k); row -1 where there are fewer.

        ``queries`` are (n, dimension); rows that ``hidden``, a mask over all rows, marks are not found.
        """
        ...

    def reconstruct(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """The vectors of these rows (n, dimension)."""
        ...

    def save(self, file: Path) -> None:
        """Write the index to a file."""
        ...


KINDS: Mapping[str, type[VectorIndex]] = {"flat": FlatIndex}
DEFAULT_KIND = "flat"


def vector_index_kind(spec: VectorIndexSpec) -> type[VectorIndex]:
    """The kind of index that a release has.

    Raises:
        ReleaseError: this version of Ragline does not know it.
    """
    if spec.kind not in KINDS:
        raise ReleaseError(
            f"The release has a vector index of kind {spec.kind!r}; this Ragline knows {', '.join(KINDS)}. "
            "Use the one that built it."
        )
    return KINDS[spec.kind]
