"""Settings of an object store that may stand in a configuration file."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

_SECRET = re.compile(r"secret|passw|token|credential|connection_string|(^|_)key($|_id$)", re.IGNORECASE)
# What gcsfs takes for ``token`` besides one: ways to find the credentials of this machine, or to do without.
_WAYS = ("anon", "cloud", "google_default")


def is_secret(name: str) -> bool:
    """Whether an option is a secret, by its name."""
    return _SECRET.search(name) is not None


def _no_secrets(options: Mapping[str, Any]) -> Mapping[str, Any]:
    for name, value in options.items():
        if is_secret(name) and value not in _WAYS:
            raise ValueError(
                f"{name!r} looks like a secret; secrets come from the environment (AWS_SECRET_ACCESS_KEY, "
                "GOOGLE_APPLICATION_CREDENTIALS, AZURE_STORAGE_CONNECTION_STRING …)"
            )
        if isinstance(value, Mapping):
            _no_secrets(value)
    return options


StorageOptions = Annotated[dict[str, Any], AfterValidator(_no_secrets)]
