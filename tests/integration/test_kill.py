"""kill -9 at random moments of every command, run again: the same as an undisturbed line."""

import pytest

from tests.integration.random_kills import Disturbance


@pytest.mark.spark
@pytest.mark.timeout(900)
def test_a_line_killed_at_random_moments_ends_as_an_undisturbed_one(tmp_path):
    line = Disturbance(tmp_path, seed=10)
    line.play_round(kills=0)
    assert line.differences() == []
    line.play_round(kills=10)
    assert line.differences() == [], line.attempts
    assert line.kills >= 10, line.attempts
