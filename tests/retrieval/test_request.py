import numpy as np
import pytest

from ragline.errors import ConfigError
from ragline.retrieval.request import check_request


@pytest.mark.parametrize("k", [-1, 0, 1001, 1_000_000, 10**30, 1.5, "5", None, True, np.float64(3), float("nan")])
def test_k_has_to_be_a_whole_number_up_to_a_thousand(k):
    with pytest.raises(ConfigError, match="k is .*; it must be a whole number from 1 to 1,000"):
        check_request(["x"], k)


@pytest.mark.parametrize("k", [1, 1000])
def test_the_least_and_the_most(k):
    check_request(["x" * 20_000, ""], k)
    check_request([], k)


def test_a_query_that_is_too_long_and_too_much_together():
    with pytest.raises(ConfigError, match="A query has 20,001 characters; 20,000 are allowed"):
        check_request(["ok", "x" * 20_001], 5)
    with pytest.raises(ConfigError, match="101 queries of 1,000 passages each are asked for; 100,000 passages together"):
        check_request(["x"] * 101, 1000)
