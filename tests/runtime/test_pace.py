from ragline.runtime.pace import Pace


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def after(pace: Pace, clock: Clock, seconds: float, items: int) -> str:
    clock.now += seconds
    pace.add(items)
    return str(pace)


def test_the_start_does_not_count_for_the_time_that_is_left():
    clock = Clock()
    pace = Pace(1300, clock)
    assert str(pace) == "0 of 1,300"
    assert after(pace, clock, 15, 100) == "100 of 1,300"
    assert after(pace, clock, 2, 200) == "300 of 1,300 (100.0/s, 10 s left)"


def test_when_all_are_done_the_rate_is_that_of_the_whole_time():
    clock = Clock()
    pace = Pace(50, clock)
    after(pace, clock, 9, 10)
    assert after(pace, clock, 1, 40) == "50 of 50 (5.0/s)"


def test_nobody_knows_what_is_left_of_an_unknown_number():
    clock = Clock()
    pace = Pace(None, clock)
    after(pace, clock, 1, 1000)
    assert after(pace, clock, 1, 1000) == "2,000 (1,000.0/s)"


def test_a_long_time_is_told_in_minutes():
    clock = Clock()
    pace = Pace(10_001, clock)
    after(pace, clock, 1, 1)
    assert after(pace, clock, 10, 10).endswith("(1.0/s, 166 min left)")
