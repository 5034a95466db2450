"""Run a command line in a process of its own and kill it, as ``kill -9`` would, at the n-th call of a function.

The processes are forked from one that has imported what the jobs need: some ten seconds, once instead of at every kill.
"""

import importlib
import multiprocessing
import os
import signal
import sys
from typing import Any


def run_killed(target: str, when: str, nth: int, arguments: list[str], seconds: float) -> int | None:
    """How ``ragline`` with these arguments ended: minus the signal, the exit code, or None if it still ran then."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.integration.warm_jobs"])
    process = context.Process(target=_run, args=(target, when, nth, arguments))
    process.start()
    process.join(seconds)
    ended = process.exitcode
    if ended is None:
        process.kill()
        process.join()
    return ended


def _run(target: str, when: str, nth: int, arguments: list[str]) -> None:
    from ragline.cli import main

    _arm(target, when, nth)
    sys.argv = ["ragline", *arguments]
    main()


def _arm(target: str, when: str, nth: int) -> None:
    """Replace a function by one that ends this process before or after its ``nth`` call."""
    module, _, path = target.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    original = getattr(owner, name)
    calls = 0

    def armed(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, armed)
