"""The same functions and queries, whether executors or the driver do the work."""

from contextlib import contextmanager

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyspark.sql import functions as F

from ragline.spark.small_frames import (
    PYTHON_IN_DRIVER,
    RESULTS_THROUGH_DRIVER,
    cached,
    checkpointed,
    frame_of,
    map_batches,
    runs_python_in_driver,
)

pytestmark = pytest.mark.spark
ROWS = pa.table({"id": ["a", "b", "c"], "numbers": [[1, 2], [], None]})
COUNTED = pa.schema([("id", pa.string()), ("count", pa.int64())])


def count_numbers(batches):
    for batch in batches:
        lengths = pc.cast(pc.list_value_length(batch["numbers"]), pa.int64())
        yield pa.RecordBatch.from_arrays([batch["id"], lengths], schema=COUNTED)


@contextmanager
def set_up(spark, python, results):
    before = {name: spark.conf.get(name, "false") for name in (PYTHON_IN_DRIVER, RESULTS_THROUGH_DRIVER)}
    spark.conf.set(PYTHON_IN_DRIVER, python)
    spark.conf.set(RESULTS_THROUGH_DRIVER, results)
    yield spark
    for name, value in before.items():
        spark.conf.set(name, value)


@pytest.fixture(params=[("true", "true"), ("true", "false"), ("false", "false")], ids=["driver", "python in driver", "executors"])
def session(spark, request):
    with set_up(spark, *request.param):
        yield spark


def test_a_function_on_batches_gives_the_same_rows(session):
    made = map_batches(frame_of(session, ROWS), count_numbers, COUNTED)
    assert sorted(made.toArrow().to_pylist(), key=repr) == [
        {"id": "a", "count": 2},
        {"id": "b", "count": 0},
        {"id": "c", "count": None},
    ]


def test_what_is_computed_once_is_not_computed_again(session, tmp_path):
    calls = tmp_path / "calls"

    def noted(batches):
        for batch in batches:
            with calls.open("a") as stream:
                stream.write("x" * batch.num_rows)
            yield batch

    rows = checkpointed(map_batches(frame_of(session, ROWS), noted, ROWS.schema))
    assert rows.count() == rows.filter("id != 'z'").count() == 3
    assert calls.read_text() == "xxx"


def test_rows_that_are_none_keep_their_columns(session):
    nothing = cached(frame_of(session, ROWS).filter("id = 'z'"))
    assert nothing.columns == ["id", "numbers"]
    assert nothing.join(frame_of(session, ROWS), "id", how="left_anti").toArrow().num_rows == 0


def test_the_driver_starts_no_python_worker(spark):
    import os

    with set_up(spark, "true", "false"):
        assert runs_python_in_driver(spark)
        schema = pa.schema([("pid", pa.int64())])
        where = map_batches(spark.range(1), lambda b: iter([pa.record_batch({"pid": [os.getpid()] * len(list(b))})]), schema)
        assert [row["pid"] for row in where.select(F.col("pid")).collect()] == [os.getpid()]
