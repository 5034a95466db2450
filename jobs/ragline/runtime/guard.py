"""Run a command so that nothing of it outlives whoever started it: ``python guard.py [--grace S] -- COMMAND …``.

The guard leads a session of its own, adopts orphaned descendants (Linux), and ends the whole tree, TERM then KILL,
when the command ends, when it is told to stop, or when its standard input closes: the starter keeps the other end of
that pipe, and the kernel closes it even if the starter is killed with SIGKILL. It needs the standard library alone and
is run by its path, so that it starts in milliseconds. Its exit code is the command's.
"""

import argparse
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def guarded(command: Sequence[str], grace_seconds: float = 10.0) -> list[str]:
    """The argv that runs a command under a guard. Start it with ``stdin=PIPE, start_new_session=True``; keep the pipe."""
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), "--grace", str(grace_seconds), "--", *command]


def main() -> int:
    """Entry point of the guard process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--grace", type=float, default=10.0)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write)
    for number in (*_STOP_SIGNALS, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    try:
        child = subprocess.Popen(options.command, stdin=subprocess.DEVNULL, preexec_fn=_prepare_child)
    except OSError as error:
        sys.stderr.write(f"Cannot start {options.command[0]!r}: {error.strerror}.\n")
        return 127
    code = _wait(child, wake_read)
    _end_tree(child, options.grace)
    code = child.wait() if code is None else code
    return code if code >= 0 else 128 - code


def _prepare_child() -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)  # the last resort, should the guard itself be killed


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _wait(child: "subprocess.Popen[bytes]", wake: int) -> int | None:
    """The command's exit code, or None when it has to be stopped."""
    while True:
        if (code := child.poll()) is not None:
            return code
        ready, _, _ = select.select([wake, 0], [], [])
        if 0 in ready and not os.read(0, 4096):
            return None
        if wake in ready:
            if set(os.read(wake, 4096)) & {int(number) for number in _STOP_SIGNALS}:
                return None
            _reap(child)


def _end_tree(child: "subprocess.Popen[bytes]", grace: float) -> None:
    deadline = time.monotonic() + grace
    _signal_tree(child, signal.SIGTERM)
    while time.monotonic() < deadline and _reap(child):
        time.sleep(0.05)
    while _reap(child):
        _signal_tree(child, signal.SIGKILL)
        time.sleep(0.05)


def _signal_tree(child: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    for pid in _descendants() or ([child.pid] if child.poll() is None else []):
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _reap(child: "subprocess.Popen[bytes]") -> bool:
    """Collect adopted orphans that ended; whether anything still runs."""
    alive = child.poll() is None
    for pid in _descendants():
        if pid == child.pid:
            continue
        with suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                continue
        alive = True
    return alive


def _descendants() -> list[int]:
    """Every process below this one (Linux; elsewhere the empty list)."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    below: list[int] = []
    frontier = {os.getpid()}
    while frontier:
        frontier = {pid for pid, parent in parents.items() if parent in frontier}
        below.extend(frontier)
    return below


if __name__ == "__main__":
    sys.exit(main())
