"""Work that would take for ever is ended, in a main thread and in others."""

import re
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ragline.runtime.time_budget import OutOfTime, run_within

SLOW = re.compile(r"(?:[a_]+_?)*\Z")  # one more character, twice the time
TEXT = "_" * 60 + "!"


def search(text: str) -> bool:
    return SLOW.match(text) is not None


def wait(seconds: float) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return "done"


def swallow(seconds: float) -> str:
    try:
        return wait(seconds)
    except Exception:
        return "swallowed"


def fail(text: str) -> str:
    raise ValueError(text)


def here(call: Callable[[], object]) -> object:
    return call()


def in_a_thread(call: Callable[[], object]) -> object:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


@pytest.fixture(params=[here, in_a_thread], ids=["main thread", "other thread"])
def place(request: pytest.FixtureRequest) -> Callable[[Callable[[], object]], object]:
    found: Callable[[Callable[[], object]], object] = request.param
    return found


def test_work_that_hangs_is_ended_and_the_next_is_done(place: Callable[[Callable[[], object]], object]) -> None:
    def all_three() -> object:
        for work, argument in ((search, TEXT), (swallow, 1000.0)):
            with pytest.raises(OutOfTime):
                run_within(0.3, work, argument)  # type: ignore[arg-type]
        return run_within(30, wait, 0.01)

    assert place(all_three) == "done"


def test_an_error_of_the_work_is_the_callers(place: Callable[[Callable[[], object]], object]) -> None:
    with pytest.raises(ValueError, match="no text"):
        place(lambda: run_within(30, fail, "no text"))


def test_nothing_rings_afterwards_and_an_earlier_handler_is_back() -> None:
    before = signal.getsignal(signal.SIGALRM)

    assert run_within(0.5, wait, 0.01) == "done"

    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before
