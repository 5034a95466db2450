"""Find the members of a registry: chunking strategies, quality rules, kinds of personal data.

Every registry works the same way. A package holds one module for each member (or for a few that belong together), and each
module lists what it offers in ``MEMBERS``. So a member is one module: its name, options, defaults and checks stand beside the
code that does the work, and nothing else has to be edited to add one.

Settings derive what they accept from the members. ``config`` is a floor below the rooms that hold them and must not import
upwards, so that a package is given here by its name and imported when settings are validated, as a plugin would be. Every
stage validates all settings, also in an image where the libraries of the others are not installed: a member's module imports
nothing but the standard library, pydantic and light modules of this project; a library is imported where it is used.
"""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol

from pydantic_core import PydanticKnownError

STRATEGIES = "ragline.preprocess.chunking.strategies"
QUALITY_RULES = "ragline.preprocess.filters.rules"
PERSONAL_DATA_KINDS = "ragline.privacy.kinds"


class Member(Protocol):
    """What all members have: a name that settings know them by, and a rank that puts them in order."""

    @property
    def name(self) -> str:
        """The name in settings."""
        ...

    @property
    def rank(self) -> int:
        """Members of lower rank come first."""
        ...


@cache
def members_of(package: str) -> dict[str, Any]:
    """The members that the modules of a package list, by name, in the order of their ranks."""
    path = importlib.import_module(package).__path__
    modules = (importlib.import_module(f"{package}.{found.name}") for found in pkgutil.iter_modules(path))
    members: list[Member] = [member for module in modules for member in module.MEMBERS]
    return {member.name: member for member in sorted(members, key=lambda member: member.rank)}


def one_of(package: str) -> Callable[[str], str]:
    """A validator for the name of a member, with the error that pydantic has for one of several literals."""

    def validate(name: str) -> str:
        if name not in (known := members_of(package)):
            raise PydanticKnownError("literal_error", {"expected": _listed([f"'{each}'" for each in known])})
        return name

    return validate


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)
