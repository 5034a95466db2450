"""Extract tasks that run without Spark, several at a time."""

import threading
from dataclasses import dataclass, field

import pyarrow as pa
import pytest

from ragline.ingest.sync.run_in_threads import local_cores, run_in_threads
from ragline.ingest.sync.task_results import RESULTS

SHARES = [pa.table({"doc_id": [f"{number}-{at}" for at in range(3)]}) for number in range(6)]


@pytest.mark.parametrize(("master", "cores"), [("local", 1), ("local[3]", 3), ("local[4,2]", 4), ("spark://host:7077", None)])
def test_cores_of_a_master(master, cores):
    assert local_cores(master) == cores


def test_cores_that_this_process_may_use(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 12)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: set(range(8)))
    monkeypatch.setattr("joblib.externals.loky.backend.context._cpu_count_cgroup", lambda cores: 3)
    assert local_cores("local[*]") == 3
    assert local_cores("local-cluster[2,1,1024]") is None


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
