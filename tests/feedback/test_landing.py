from pathlib import Path

import pytest

from ragline.feedback.landing import MAX_LINE_BYTES, files_read_before, landed_files, read_lines, remember_files


def test_only_jsonl_files_are_listed_those_in_folders_too(tmp_path: Path) -> None:
    (tmp_path / "day").mkdir()
    (tmp_path / "day" / "monday.jsonl").write_bytes(b"{}\n")
    (tmp_path / "notes.txt").write_text("no events")
    (found,) = landed_files(str(tmp_path)).items()
    assert found[0] == f"{tmp_path}/day/monday.jsonl"
    assert found[1][0] == 3


def test_a_single_file_and_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    file = tmp_path / "monday.jsonl"
    file.write_bytes(b"{}\n")
    assert list(landed_files(str(file))) == [str(file)]
    assert landed_files(str(tmp_path / "later")) == {}


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


def test_what_was_read_is_remembered(tmp_path: Path) -> None:
    assert files_read_before(str(tmp_path)) == {}
    remember_files(str(tmp_path), {"monday.jsonl": [3, 17]})
    assert files_read_before(str(tmp_path)) == {"monday.jsonl": [3, 17]}
