from pathlib import Path

import pytest

from ragline.feedback.lines import MAX_LINE_BYTES, read_lines


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b'{"a": 1}\n\n{"b": 2}\n', [(1, b'{"a": 1}'), (3, b'{"b": 2}')]),
        (b'{"a": 1}\n{"b": ', [(1, b'{"a": 1}')]),
        (b'{"a": 1}\n{"b": 2}', [(1, b'{"a": 1}'), (2, b'{"b": 2}')]),
        (b"", []),
        (b"x" * MAX_LINE_BYTES + b"y\n{}\n", [(1, b"x" * MAX_LINE_BYTES + b"y"), (2, b"{}")]),
        (b"{}\n" + b"x" * (2 * MAX_LINE_BYTES), [(1, b"{}")]),
    ],
    ids=["blank line", "still being written", "no line end", "empty", "too long", "too long and still being written"],
)
def test_lines_are_read_once_they_are_whole(tmp_path: Path, content: bytes, lines: list[tuple[int, bytes]]) -> None:
    file = tmp_path / "monday.jsonl"
    file.write_bytes(content)
    assert [(line.number, line.content) for line in read_lines(str(file))] == lines


def test_a_file_that_was_taken_away_since_it_was_listed_has_no_lines(tmp_path: Path) -> None:
    assert list(read_lines(str(tmp_path / "gone.jsonl"))) == []
