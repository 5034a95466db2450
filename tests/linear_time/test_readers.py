"""Every function that reads a document takes time in proportion to it, whatever it holds.

This finds what no pattern shows: loops that look at the rest of a text for every part of it, in this project and in libraries.
"""

import pytest

from tests.linear_time.growth import cost
from tests.linear_time.pumps import PUMPS
from tests.linear_time.readers import readers

READERS = readers()
MOST_GROWTH = 11  # sixteen where every place is compared with every other; parsers' tables grow in steps


def growth(name: str, text: str, longer: str, suspicious: float) -> float:
    """How many times longer the second text takes; 0 if it takes less than ``suspicious`` seconds."""
    read = READERS[name]
    ratios = []
    for _ in range(3):
        slow = cost(read, longer, limit=60)
        if slow < suspicious:
            return 0
        ratios.append(slow / max(cost(read, text, limit=60), 1e-4))
        if ratios[-1] <= MOST_GROWTH:
            break
    return min(ratios)


@pytest.mark.parametrize("name", READERS)
def test_the_time_a_reader_takes_grows_as_the_text_does(name: str) -> None:
    found = {
        pump: ratio
        for pump in PUMPS
        if growth(name, pumped(pump, 2_500), pumped(pump, 10_000), 0.04) > MOST_GROWTH
        # Cutting looks at a chunk's worth of blocks from each of them: until a text is longer than that, it grows faster.
        and (ratio := growth(name, pumped(pump, 10_000), pumped(pump, 40_000), 0.16)) > MOST_GROWTH
    }

    assert found == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_the_time_a_reader_takes_grows_as_a_long_text_does(name: str) -> None:
    found = {
        pump: ratio for pump in PUMPS if (ratio := growth(name, pumped(pump, 40_000), pumped(pump, 160_000), 1.0)) > MOST_GROWTH
    }

    assert found == {}


def pumped(pump: str, length: int) -> str:
    return "a " + pump * (length // len(pump)) + " b"
