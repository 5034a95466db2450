"""Run the command line and kill it, as ``kill -9`` would, at the n-th call of a function.

    python kill_at.py module:qualified.name before|after N ragline-arguments…

A script, not a test: the tests start it as a process of its own.
"""

import importlib
import os
import signal
import sys
from typing import Any


def arm(target: str, when: str, nth: int) -> None:
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


if __name__ == "__main__":
    target, when, nth, *arguments = sys.argv[1:]
    arm(target, when, int(nth))
    sys.argv = ["ragline", *arguments]
    from ragline.cli import main

    main()
