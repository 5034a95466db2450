"""The environment of a program that reads what strangers wrote: what it needs to run, and no secret."""

import os

# Where programs, libraries, fonts and languages are, and how numbers and texts are written. Everything else stays behind: a
# variable may hold a secret under any name.
_PASSED_ON = (
    *("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "TMPDIR"),
    *("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_NUMERIC", "LC_TIME", "LC_MESSAGES", "TZ"),
    *("PYTHONUTF8", "PYTHONIOENCODING", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
    *("TESSDATA_PREFIX", "FONTCONFIG_PATH", "MALLOC_ARENA_MAX"),
)


def child_environment(**own: str) -> dict[str, str]:
    """The variables of this process that any program may have, and ``own``."""
    return {**{name: os.environ[name] for name in _PASSED_ON if name in os.environ}, **own}
