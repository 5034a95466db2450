import pyarrow as pa

from ragline.ingest.sync.diff import TO_EXTRACT
from ragline.ingest.sync.shares import split_by_size


def items(*sizes):
    rows = [{"doc_id": str(number), "size": size} for number, size in enumerate(sizes)]
    return pa.Table.from_pylist(rows, schema=TO_EXTRACT)


def shares(to_extract, tasks):
    return [share["doc_id"].to_pylist() for share in split_by_size(to_extract, tasks)]


def test_neighbours_stay_together_in_shares_of_as_many_bytes():
    assert shares(items(*[10_000] * 6), 3) == [["0", "1"], ["2", "3"], ["4", "5"]]


def test_a_large_item_is_a_share_of_its_own():
    assert shares(items(1_000, 1_000, 900_000, 1_000, 1_000), 3) == [["0", "1"], ["2"], ["3", "4"]]


def test_every_item_is_in_one_share_whatever_the_sizes_say():
    to_extract = items(0, None, 5, 10**9, None, 3)
    for tasks in (1, 2, 5, 40):
        assert [name for share in shares(to_extract, tasks) for name in share] == ["0", "1", "2", "3", "4", "5"]
