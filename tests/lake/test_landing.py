import os
from datetime import UTC, datetime
from pathlib import Path

from ragline.lake.landing import files_read_before, landed_files, remember_files, remove_served_files


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


def test_what_was_read_is_remembered(tmp_path: Path) -> None:
    assert files_read_before(str(tmp_path)) == {}
    remember_files(str(tmp_path), {"monday.jsonl": [3, 17]})
    assert files_read_before(str(tmp_path)) == {"monday.jsonl": [3, 17]}


def test_only_files_that_were_read_whole_and_lie_untouched_are_removed(tmp_path: Path) -> None:
    now, old = datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC).timestamp()
    landing, lake = tmp_path / "landing", str(tmp_path / "lake")
    landing.mkdir()
    for name in ("read", "grown since", "never read", "young"):
        (landing / f"{name}.jsonl").write_text("{}\n")
        os.utime(landing / f"{name}.jsonl", (old, old))
    os.utime(landing / "young.jsonl", (now.timestamp(), now.timestamp()))
    stamps = landed_files(str(landing))
    remember_files(lake, {uri: stamp for uri, stamp in stamps.items() if "never" not in uri})
    with (landing / "grown since.jsonl").open("a") as file:
        file.write("{}\n")
    os.utime(landing / "grown since.jsonl", (old, old))
    assert remove_served_files(lake, str(landing), 30, now) == 1
    assert sorted(file.stem for file in landing.iterdir()) == ["grown since", "never read", "young"]
    assert remove_served_files(lake, str(landing), 0, now) == 1
