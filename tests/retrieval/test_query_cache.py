import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ragline.retrieval.query_cache import QueryCache


def vector(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_what_was_asked_longest_ago_goes_first():
    cache = QueryCache(max_entries=2)
    cache.put("a", vector(1))
    cache.put("b", vector(2))
    assert cache.get("a") is not None
    cache.put("c", vector(3))
    assert (cache.get("b"), len(cache)) == (None, 2)
    assert cache.get("a") == vector(1)


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 2000)), max_size=60))
def test_it_never_holds_more_bytes_than_it_may(asked):
    cache = QueryCache(max_bytes=5000)
    for text, size in asked:
        cache.put(text * size, np.zeros(16, dtype=np.float32))
        assert 0 <= cache.bytes <= 5000
    for text, _ in list(cache._vectors.items()):
        cache.put(text, vector())
    assert cache.bytes >= 0


def test_a_query_that_is_larger_than_all_of_it_is_not_kept():
    cache = QueryCache(max_bytes=1000)
    cache.put("x" * 2000, vector(1))
    assert (len(cache), cache.bytes) == (0, 0)


def test_a_row_does_not_keep_the_matrix_it_came_from():
    matrix = np.zeros((1000, 4), dtype=np.float32)
    cache = QueryCache()
    cache.put("a", matrix[3])
    kept = cache.get("a")
    assert kept is not None and kept.base is None
