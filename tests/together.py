"""Processes that do something at the same moment.

Real processes, forked from a server that has the heavy libraries loaded, so that two of them start in a fraction of a second.
"""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from typing import TypeVar

T = TypeVar("T")
_PATIENCE_SECONDS = 60
_LOADED = ("ragline.registry.embedders", "ragline.promote.rollback", "ragline.promote.job", "tests.registry.registered")
_barrier: Barrier | None = None


def together(*works: Callable[[], T]) -> list[T | BaseException]:
    """Start every work in a process of its own, at the same moment; return what each returned or raised.

    A work is a function of a module, or a ``partial`` of one: it goes to the other process by its name.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*_LOADED])
    barrier = context.Barrier(len(works))
    with ProcessPoolExecutor(len(works), mp_context=context, initializer=_remember, initargs=(barrier,)) as pool:
        futures = [pool.submit(_start, work) for work in works]
        return [future.exception() or future.result() for future in futures]


def meet() -> None:
    """Wait here until every process of the test is here."""
    if _barrier is not None:
        _barrier.wait(_PATIENCE_SECONDS)


def _remember(barrier: Barrier) -> None:
    global _barrier
    _barrier = barrier


def _start(work: Callable[[], T]) -> T:
    meet()
    return work()
