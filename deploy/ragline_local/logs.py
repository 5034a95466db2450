"""Log files: their ends, and what the log of an Airflow task, a line of JSON for each event, says."""

import json
import re
from pathlib import Path

# What ``ragline.runtime.progress`` logs (`embedding: 30 of 120 (4.1/s, 22 s left)`), and steps that a job names as they begin.
_PROGRESS = re.compile(r"[^:]+: [\d,]+( of [\d,]+)?( \([\d,.]+/s.*\))?|.{1,80} …")


def last_lines(file: Path, number: int) -> str:
    """The end of a text file; empty if there is no such file."""
    try:
        return "\n".join(file.read_text(errors="replace").rstrip().splitlines()[-number:])
    except FileNotFoundError:
        return ""


def event(line: str) -> str:
    """What a line of the log says; a line that is no JSON says itself."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    return str(entry.get("event", line)) if isinstance(entry, dict) else line


def last_progress(file: Path) -> str:
    """The last thing that the task's job said about how far it is; empty if it said nothing."""
    events = (event(line) for line in reversed(last_lines(file, 2000).splitlines()))
    return next((text for text in events if _PROGRESS.fullmatch(text)), "")
