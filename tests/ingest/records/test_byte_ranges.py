import io

import pytest

from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.records.byte_ranges import RangedLines, read_range

TEXT = b"one\n" + b"x" * 30 + b"\nlast"


def test_a_range_finds_the_lines_of_its_record_again():
    lines = RangedLines(io.BytesIO(TEXT), limit=100)
    assert (next(lines), lines.range()) == (b"one\n", "0:4")
    lines.begin()
    next(lines)
    next(lines)
    assert lines.range() == "4:35"
    assert read_range(io.BytesIO(TEXT), Item("a", "", locator=lines.range())) == TEXT[4:]
    with pytest.raises(StopIteration):
        next(lines)


def test_a_record_over_the_limit_is_refused_and_the_next_line_is_read():
    lines = RangedLines(io.BytesIO(TEXT), limit=20)
    next(lines)
    lines.begin()
    with pytest.raises(ItemRefused, match="more than 20 bytes") as refused:
        next(lines)
    assert refused.value.reason == "too_large"
    lines.begin()
    assert next(lines) == b"last"


def test_a_marker_changes_with_the_bytes_and_with_the_header():
    def marker(content: bytes, header: bytes) -> str:
        lines = RangedLines(io.BytesIO(content), limit=100)
        lines.begin(header)
        next(lines)
        return lines.marker()

    assert len({marker(b"a\n", b"h"), marker(b"b\n", b"h"), marker(b"a\n", b"i")}) == 3
    assert marker(b"a\n", b"h") == marker(b"a\n", b"h") == marker(b"a", b"h")
