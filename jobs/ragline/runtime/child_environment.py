"""What programs that are started get of the environment: those that read what strangers wrote nothing but what they need to run,
jobs no secret of the scheduler that starts them."""

import os
from collections.abc import Mapping

# Where programs, libraries, fonts and languages are, and how numbers and texts are written. Everything else stays behind: a
# variable may hold a secret under any name.
_PASSED_ON = (
    *("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "TMPDIR"),
    *("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_NUMERIC", "LC_TIME", "LC_MESSAGES", "TZ"),
    *("PYTHONUTF8", "PYTHONIOENCODING", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
    *("TESSDATA_PREFIX", "FONTCONFIG_PATH", "MALLOC_ARENA_MAX"),
)
_OF_AIRFLOW = ("AIRFLOW__", "_AIRFLOW_", "AIRFLOW_CONN_", "AIRFLOW_VAR_")


def child_environment(**own: str) -> dict[str, str]:
    """The variables of this process that any program may have, and ``own``."""
    return {**{name: os.environ[name] for name in _PASSED_ON if name in os.environ}, **own}


def without_secrets_of_airflow(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of what Airflow starts: its database, keys, connections and variables are its own. What a job needs of them
    is granted by name (``airflow.secrets``)."""
    return {name: value for name, value in environment.items() if not name.upper().startswith(_OF_AIRFLOW)}
