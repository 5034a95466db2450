"""A command and everything that it starts, measured: wall and CPU time, and the peak of memory."""

import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil

EXIT_NOTHING_TO_DO = 3
_SAMPLE_SECONDS, _SAMPLES_PER_PEAK = 0.25, 4
_SET_CHILD_SUBREAPER = 36
_WAIT_FOR_ORPHANS = 30.0


@dataclass(frozen=True)
class Measured:
    """One run. ``wall``, ``cpu`` and ``first_read`` in seconds, ``peak`` in bytes.

    ``cpu``: user and system time of the command and all its descendants. ``peak``: of the proportional set size (PSS) of all of
    them together, sampled. ``first_read``: from the start until one of the watched files was first read; None if not known.
    """

    wall: float
    cpu: float
    peak: int
    first_read: float | None


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends, so that their time is counted here.

    Source: prctl(2), PR_SET_CHILD_SUBREAPER; Linux only.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER) failed, so that CPU time cannot be counted")


def watch(command: Sequence[str], log: Path, read_first: Iterable[Path] = (), env: Mapping[str, str] | None = None) -> Measured:
    """Run a command, its output in ``log``, and measure it. Call ``adopt_orphans`` once before.

    Raises:
        SystemExit: it failed; the end of its output is the message.
    """
    files = list(read_first)
    _forget_reads(files)
    before = _children_cpu()
    started, clock = time.monotonic(), time.time()
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
        sampler = _Sampler(process.pid)
        sampler.start()
        process.wait()
        sampler.stop()
    wall = time.monotonic() - started
    _wait_for_orphans()
    if process.returncode not in (0, EXIT_NOTHING_TO_DO):
        raise SystemExit(f"{' '.join(command)}\nended with {process.returncode}:\n{log.read_text(errors='replace')[-4000:]}")
    # Spark's daemon leaves ended workers to nobody, whose time only the samples have; the samples miss what was short-lived.
    cpu = max(_children_cpu() - before, sampler.cpu)
    return Measured(wall, cpu, sampler.peak, _first_read(files, clock))


class _Sampler(threading.Thread):
    """Looks at a process and everything below it until told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__()
        self.peak = 0
        self._pid = pid
        self._cpu: dict[tuple[int, float], float] = {}
        self._done = threading.Event()

    @property
    def cpu(self) -> float:
        """Seconds of CPU time that the processes had used when they were last seen."""
        return sum(self._cpu.values())

    def run(self) -> None:
        """Look at the times often, at the memory (which costs more) now and then."""
        for number in count():
            if self._done.wait(_SAMPLE_SECONDS):
                return
            self._look(with_memory=number % _SAMPLES_PER_PEAK == 0)

    def stop(self) -> None:
        """Look no more."""
        self._done.set()
        self.join()

    def _look(self, *, with_memory: bool) -> None:
        pss = 0
        for process in _tree(self._pid):
            try:
                times = process.cpu_times()
                self._cpu[process.pid, process.create_time()] = times.user + times.system
                pss += process.memory_full_info().pss if with_memory else 0
            except psutil.Error:
                continue
        self.peak = max(self.peak, pss)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait_for_orphans() -> None:
    """The time of a process counts once it has been waited for."""
    deadline = time.monotonic() + _WAIT_FOR_ORPHANS
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.1)
        except ChildProcessError:
            return


def _forget_reads(files: Iterable[Path]) -> None:
    """Set the files' access times before their modification times: then Linux (relatime) updates them with the first read."""
    for file in files:
        os.utime(file, (0, file.stat().st_mtime))


def _first_read(files: Iterable[Path], since: float) -> float | None:
    reads = [accessed for file in files if (accessed := file.stat().st_atime) >= since]
    return min(reads) - since if reads else None
