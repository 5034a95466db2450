"""Moments at which a job can be killed: after so many seconds, or at one of the actions by which it changes what is stored."""

import importlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

# What changes files, tables or the registry, wherever it is called from. Of functions that others import by name, the importing
# modules.
DURABLE = (
    *(f"os:{name}" for name in ("replace", "rename", "link", "unlink", "rmdir", "mkdir")),
    "ragline.lake.lake:write_deltalake",
    *(f"deltalake:DeltaTable.{name}" for name in ("create", "create_write_transaction", "create_checkpoint", "vacuum")),
    "deltalake.table:TableOptimizer.compact",
    *(
        f"mlflow:MlflowClient.{name}"
        for name in (
            *("create_run", "log_artifacts", "log_batch", "log_metric", "log_param", "set_tag", "set_terminated"),
            *("create_registered_model", "create_model_version", "set_model_version_tag", "delete_model_version_tag"),
            *("set_registered_model_alias", "delete_registered_model_alias"),
            *("set_registered_model_tag", "delete_registered_model_tag"),
        )
    ),
)
_IN_PROJECT = "/.ragline/"


@dataclass(frozen=True)
class At:
    """The ``nth`` action (from 1), before or after it was done."""

    nth: int
    when: Literal["before", "after"]


def count_actions(die: At | None) -> Callable[[], int]:
    """Count the actions of this process from now on, and end it as ``kill -9`` would at one of them. What gives the count."""
    counted = 0

    def counting(original: Callable[..., Any], of_files: bool) -> Callable[..., Any]:
        def action(*args: Any, **kwargs: Any) -> Any:
            nonlocal counted
            if of_files and not any(_IN_PROJECT in str(argument) for argument in args):
                return original(*args, **kwargs)  # somebody's temporary file
            counted += 1
            now = die is not None and counted == die.nth
            if now and die is not None and die.when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            result = original(*args, **kwargs)
            if now:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return action

    for target in DURABLE:
        owner, name = _owner(target)
        original = owner.__dict__[name] if isinstance(owner, type) else getattr(owner, name)
        if isinstance(original, classmethod | staticmethod):
            setattr(owner, name, type(original)(counting(original.__func__, False)))
        else:
            setattr(owner, name, counting(original, target.startswith("os:")))
    return lambda: counted


def _owner(target: str) -> tuple[Any, str]:
    module, _, path = target.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    return owner, name
