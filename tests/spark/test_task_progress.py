import logging
from collections.abc import Iterator

import pyarrow as pa
import pytest

from ragline.runtime.progress import progress
from ragline.spark.task_progress import task_progress

SHARES = [3, 40, 500]


def as_it_came(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from batches


def fails_in_the_last(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        if batch["number"][0].as_py() == 2:
            raise ValueError("not this one")
        yield batch


def run(spark, work):
    with progress("reading", sum(SHARES)) as advance, task_progress(spark, advance, SHARES) as counted:
        rows = spark.sparkContext.parallelize([(number,) for number in range(len(SHARES))], len(SHARES))
        return spark.createDataFrame(rows, "number long").mapInArrow(counted(work), "number long").toArrow()


@pytest.mark.spark
def test_a_finished_task_counts_the_items_of_its_share(spark, caplog, monkeypatch):
    monkeypatch.setattr("ragline.runtime.progress.LOG_EVERY_SECONDS", 0.0)
    with caplog.at_level(logging.INFO, "ragline.runtime.progress"):
        assert run(spark, as_it_came).num_rows == 3
    assert caplog.messages[-1].startswith("reading: 543 of 543 (")


@pytest.mark.spark
def test_a_task_that_failed_is_not_counted(spark, caplog, monkeypatch):
    monkeypatch.setattr("ragline.runtime.progress.LOG_EVERY_SECONDS", 0.0)
    with caplog.at_level(logging.INFO, "ragline.runtime.progress"), pytest.raises(Exception, match="not this one"):
        run(spark, fails_in_the_last)
    assert not any("543 of 543" in message for message in caplog.messages)
