"""What is done with documents in executors: the shape that every such piece of work has."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from ragline.runtime.time_budget import OutOfTime, run_within

log = logging.getLogger(__name__)

Document = Mapping[str, Any]
Made = TypeVar("Made")

# The outcome of a document that takes longer than ``preprocess.seconds_per_document``.
TOO_SLOW = "document_timeout"


def in_time(seconds: float, work: Callable[[Document], Made], document: Document) -> Made | None:
    """What the work makes of one document; None if it takes longer than so many seconds."""
    try:
        return run_within(seconds, work, document)
    except OutOfTime:
        log.warning("document %s took longer than %g seconds", document.get("doc_id", ""), seconds)
        return None


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
