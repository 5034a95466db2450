"""What is done with documents in executors: the shape that every such piece of work has."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import pyarrow as pa

Document = Mapping[str, Any]


class DocumentWork(Protocol):
    """Pickled on the driver, then called once for each task."""

    @property
    def columns(self) -> Sequence[str]:
        """The columns of ``documents`` that it needs."""
        ...

    @property
    def schema(self) -> pa.Schema:
        """The schema of the rows that come out."""
        ...

    def __call__(self, batches: Iterator[list[Document]]) -> Iterator[pa.RecordBatch]:
        """Documents in, a batch at a time; rows of ``schema`` out."""
        ...
