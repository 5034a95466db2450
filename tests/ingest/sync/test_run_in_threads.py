"""Extract tasks that run without Spark, several at a time."""

import threading
from dataclasses import dataclass, field

import pyarrow as pa
import pytest

from ragline.ingest.sync.run_in_threads import run_in_threads
from ragline.ingest.sync.task_results import RESULTS

SHARES = [pa.table({"doc_id": [f"{number}-{at}" for at in range(3)]}) for number in range(6)]


@dataclass
class Work:
    """Says each share's documents back; shares begin together in as many threads as there are."""

    threads: int
    begun: list[int] = field(default_factory=list)

    def __deepcopy__(self, memo):
        return self

    def here(self, shares):
        barrier = self.__dict__.setdefault("barrier", threading.Barrier(self.threads, timeout=10))
        for number, share in enumerate(shares):
            if number == 0:
                barrier.wait()
            self.begun.append(threading.get_ident())
            yield pa.RecordBatch.from_pylist([{"doc_id": doc_id} for doc_id in share["doc_id"].to_pylist()], schema=RESULTS)


def test_shares_run_side_by_side_and_every_item_is_counted_once():
    told = []
    work = Work(threads=2)
    batches = run_in_threads(work, SHARES, 2, told.append)
    given = [doc_id for batch in batches for doc_id in batch["doc_id"].to_pylist()]
    assert sorted(given) == sorted(doc_id for share in SHARES for doc_id in share["doc_id"].to_pylist())
    assert sum(told) == 18
    assert len(set(work.begun)) == 2


class Failing(Work):
    """Fails at its first share."""

    def here(self, shares):
        for _ in shares:
            self.begun.append(1)
            raise ValueError("the disk is full")
            yield


def test_when_a_share_fails_no_other_is_begun():
    work = Failing(threads=1)
    with pytest.raises(ValueError, match="disk is full"):
        run_in_threads(work, SHARES, 1, lambda done=1: None)
    assert len(work.begun) == 1
