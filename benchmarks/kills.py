"""Kill jobs at random moments over the whole line, and compare what is left with a line that nobody disturbed.

Every round changes the folder, gives feedback, and runs every command of the line in two projects. In one of them each is
killed, at a share of the seconds or of the durable actions that it usually takes, alone or beside another run, and then run
again. After each round both must hold the same rows, hide the same documents, and give the same hits.

    python benchmarks/kills.py [--kills 100] [--seed 1] [--write benchmarks/results/kills.md]
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests.integration.random_kills import COMMANDS, Attempt, Disturbance  # noqa: E402  (a script's path is its own folder)

KILLS_PER_ROUND = 2 * len(COMMANDS)


def main() -> None:
    """Play rounds until there were so many kills; print the result, or write it to a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ragline-kills-") as folder:
        line = Disturbance(Path(folder), chosen.seed)
        differences = [_play(line, 0)]
        while line.kills < chosen.kills:
            differences.append(_play(line, KILLS_PER_ROUND))
    made_by = f"python benchmarks/kills.py --kills {chosen.kills} --seed {chosen.seed}"
    text = "\n".join(report(line.attempts, differences, made_by, time.monotonic() - started)) + "\n"
    if chosen.write:
        chosen.write.write_text(text)
    else:
        sys.stdout.write(text)
    if any(differences):
        raise SystemExit(1)


def _play(line: Disturbance, kills: int) -> list[str]:
    line.play_round(kills)
    found = line.differences()
    sys.stderr.write(f"{line.kills} kills so far; differences: {found or 'none'}\n")
    return found


def report(attempts: Sequence[Attempt], differences: Sequence[Sequence[str]], made_by: str, seconds: float) -> Iterator[str]:
    """The result as lines of Markdown."""
    killed = [attempt for attempt in attempts if attempt.killed]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield "# A line that is killed"
    yield ""
    yield f"{date.today()}, {cores} cores ({platform.machine()}); made by `{made_by}` in {seconds / 60:.0f} minutes."
    yield ""
    yield f"{len(killed)} kills in {len(differences)} rounds of {len(COMMANDS)} commands; in the first round nobody was killed."
    yield f"Rounds after which the two projects held different things: **{sum(map(bool, differences))}**."
    for number, found in enumerate(differences, start=1):
        yield from (f"- round {number}: {difference}" for difference in found)
    yield ""
    yield "| command | kills | at an action | at a time | alone | beside itself | beside another | ended before its kill |"
    yield "|---|---|---|---|---|---|---|---|"
    for command in COMMANDS:
        of_it = [attempt for attempt in killed if attempt.command == command]
        by = Counter("action" in attempt.moment for attempt in of_it)
        beside = Counter("alone" if not a.beside else "itself" if a.beside == command else "another" for a in of_it)
        late = sum(attempt.command == command and not attempt.killed for attempt in attempts)
        cells = (len(of_it), by[True], by[False], beside["alone"], beside["itself"], beside["another"], late)
        yield f"| {command} | " + " | ".join(str(cell) for cell in cells) + " |"


if __name__ == "__main__":
    main()
