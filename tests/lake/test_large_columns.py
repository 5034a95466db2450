"""Columns of any size are looked up, sorted and taken from as small ones are."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragline.lake.large_columns import (
    codes,
    distinct,
    is_among,
    narrow,
    positions,
    sort_rows,
    take_rows,
    take_values,
    whole,
)
from ragline.lake.stored_files import newest_rows

MIB = 2**20
PIECES = st.lists(st.lists(st.none() | st.text("abc", max_size=2), max_size=5), max_size=4)


def column(pieces: list[list[str | None]]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(piece, pa.string()) for piece in pieces], pa.string())


@given(PIECES, PIECES)
def test_keys_are_looked_up_as_arrow_does(keys: list[list[str | None]], among: list[list[str | None]]) -> None:
    these, others = column(keys), column(among)

    assert positions(these, among=others).to_pylist() == pc.index_in(these, value_set=others.combine_chunks()).to_pylist()
    assert is_among(these, others).to_pylist() == pc.is_in(these, value_set=others.combine_chunks()).to_pylist()
    assert distinct(these).to_pylist() == pc.unique(these).to_pylist()
    assert len(set(codes(these).to_pylist())) == len(set(these.to_pylist()))


@given(PIECES, st.data())
def test_rows_are_sorted_and_taken_as_arrow_does(pieces: list[list[str | None]], data: st.DataObject) -> None:
    words = column(pieces)
    table = pa.table({"word": words, "row": list(range(len(words))), "list": [[word, word] for word in words.to_pylist()]})
    rows = pa.array(data.draw(st.lists(st.sampled_from(range(len(words))), max_size=9)) if len(words) else [], pa.int64())

    assert sort_rows(table, ("word", "descending"), ("row", "ascending")).equals(
        table.sort_by([("word", "descending"), ("row", "ascending")])
    )
    assert take_rows(table, rows).equals(table.take(rows))
    assert take_values(words, rows).to_pylist() == words.take(rows).to_pylist()


@given(PIECES)
def test_a_column_is_joined_and_cut_up_again(pieces: list[list[str | None]]) -> None:
    words = column(pieces)
    pairs = [None if word is None else [word, word] for word in words.to_pylist()]
    lists = pa.chunked_array([pa.array([pair], pa.list_(pa.string())) for pair in pairs], pa.list_(pa.string()))

    for kind in (words, lists):
        assert whole(kind).to_pylist() == kind.to_pylist()
        assert narrow(whole(kind), kind.type).equals(kind)


def more_than_2_gib(width: int) -> pa.ChunkedArray:
    """The same mebibyte over and over, so that the column takes none of the memory that it counts."""
    piece = pa.array([str(number).zfill(width) for number in range(MIB // width)])
    return pa.chunked_array([piece] * 2100)


@pytest.mark.slow
def test_text_above_two_gibibytes_is_sorted_and_taken() -> None:
    text = more_than_2_gib(4096)
    table = pa.table({"number": pa.array(range(len(text), 0, -1), pa.int64()), "text": text})
    with pytest.raises(pa.ArrowInvalid, match="overflow"):
        table["text"].combine_chunks()

    ordered = sort_rows(table, ("number", "ascending"))

    assert ordered.schema == table.schema
    assert ordered["number"][0].as_py() == 1
    assert ordered["text"][0].as_py() == text[len(text) - 1].as_py()
    assert ordered["text"][len(text) - 1].as_py() == text[0].as_py()


@pytest.mark.slow
def test_a_column_above_two_gibibytes_is_cut_up_again() -> None:
    text = more_than_2_gib(4096)

    assert narrow(whole(text), pa.string())[len(text) - 1].as_py() == text[len(text) - 1].as_py()


@pytest.mark.slow
def test_keys_above_two_gibibytes_are_looked_up() -> None:
    keys = more_than_2_gib(4096)

    assert positions(pa.chunked_array([["7".zfill(4096), "none"]]), among=keys).to_pylist() == [7, None]
    assert pc.sum(newest_rows(keys, pa.chunked_array([pa.array(range(len(keys)), pa.int64())]))).as_py() == MIB // 4096
