"""The vectors of queries asked last: people ask alike, and an evaluation asks the same ones in every mode."""

import sys
import threading
from collections import OrderedDict

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]


class QueryCache:
    """Vectors by text; what was asked longest ago goes first when there are too many entries or bytes. Threads may share it."""

    def __init__(self, max_entries: int = 4096, max_bytes: int = 32 * 2**20) -> None:
        self._max_entries, self._max_bytes = max_entries, max_bytes
        self._vectors: OrderedDict[str, Vector] = OrderedDict()
        self._lock = threading.Lock()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._vectors)

    def get(self, text: str) -> Vector | None:
        """The vector of a text, if it is kept."""
        with self._lock:
            if (vector := self._vectors.get(text)) is not None:
                self._vectors.move_to_end(text)
            return vector

    def put(self, text: str, vector: Vector) -> None:
        """Keep a vector. A copy of it: a row of a matrix would keep the whole matrix in memory."""
        with self._lock:
            if text in self._vectors:
                self.bytes -= _size(text, self._vectors.pop(text))
            kept = vector.copy()
            self._vectors[text] = kept
            self.bytes += _size(text, kept)
            while self._vectors and (len(self._vectors) > self._max_entries or self.bytes > self._max_bytes):
                self.bytes -= _size(*self._vectors.popitem(last=False))


def _size(text: str, vector: Vector) -> int:
    return sys.getsizeof(text) + sys.getsizeof(vector) + vector.nbytes
