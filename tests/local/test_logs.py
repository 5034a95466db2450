import json
from pathlib import Path

from ragline.runtime.pace import Pace
from ragline_local.logs import event, last_lines, last_progress


def log(folder: Path, *events: str) -> Path:
    file = folder / "attempt=1.log"
    file.write_text("".join(json.dumps({"level": "info", "event": text}) + "\n" for text in events))
    return file


def test_the_last_progress_is_found_below_what_other_libraries_say(tmp_path: Path) -> None:
    ticks = iter((0.0, 1.0, 11.0, 21.0))
    pace = Pace(1200, clock=lambda: next(ticks))
    pace.add(100)
    pace.add(200)
    said = f"embedding: {pace}"
    assert "left" in said
    file = log(tmp_path, "embedding: 100 of 1,200", said, "26/11/27 04:47:12 INFO BlockManager: Registered BlockManager 1, None")
    assert last_progress(file) == said


def test_a_step_that_begins_is_progress_and_silence_is_none(tmp_path: Path) -> None:
    assert last_progress(log(tmp_path, "look at documents …", "WARN: something")) == "look at documents …"
    assert last_progress(log(tmp_path, "starting")) == ""
    assert last_progress(tmp_path / "nowhere.log") == ""


def test_a_line_that_is_no_json_says_itself() -> None:
    assert event("Traceback") == "Traceback"
    assert event('{"event": "done"}') == "done"
    assert event("7") == "7"


def test_the_end_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a\nb\nc\n\n")
    assert last_lines(tmp_path / "log", 2) == "b\nc"
