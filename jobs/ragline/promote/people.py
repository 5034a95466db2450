"""The names of people who approve or reject."""

import re

from ragline.errors import ConfigError

_LONGEST = 200
# What is left where a shell, a template or a program has put nothing in the place of a name.
_NOT_FILLED_IN = re.compile(r"\$\{?\w+\}?|\$\(.*\)|%\w+%|\{\{.*\}\}|none|null|nil|undefined", re.IGNORECASE)


def named(name: str, option: str) -> str:
    """A person's name as it was given to an option, without blanks around it.

    Raises:
        ConfigError: it is empty, or a variable that was not filled in: that names nobody.
    """
    trimmed = " ".join(name.split())
    if not trimmed or _NOT_FILLED_IN.fullmatch(trimmed):
        raise ConfigError(
            f"{option} needs the name of a person; it got {name!r}. If a shell variable was to give it, that variable is not set."
        )
    if len(trimmed) > _LONGEST or not trimmed.isprintable():
        raise ConfigError(f"{option} needs a name of at most {_LONGEST} printable characters; it got {name[:80]!r} …")
    return trimmed
