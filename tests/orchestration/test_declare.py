"""What every DAG has in common."""

from datetime import UTC, datetime, timedelta

import pytest
from airflow.serialization.decoders import decode_timetable
from airflow.serialization.encoders import encode_timetable
from airflow.timetables.base import TimeRestriction

from ragline_airflow.declare import _from_now_on


@pytest.mark.parametrize("seconds", [1, 90, 1800])
def test_a_schedule_begins_with_its_next_time_however_short_the_last_one_is_ago(monkeypatch, seconds):
    import pendulum

    last = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    now = pendulum.instance(last + timedelta(seconds=seconds))
    monkeypatch.setattr("airflow.timetables.trigger.utcnow", lambda: now)
    timetable = decode_timetable(encode_timetable(_from_now_on("0 * * * *")))  # as the scheduler has it
    first = timetable.next_dagrun_info(
        last_automated_data_interval=None, restriction=TimeRestriction(earliest=None, latest=None, catchup=False)
    )
    assert first is not None
    assert first.run_after == last + timedelta(hours=1)
