"""The configuration of searches."""

import os
from collections.abc import Mapping

from pydantic import ConfigDict, ValidationError

from ragline.contracts.deletion_policy import DeletionPolicy
from ragline.errors import ConfigError

_PREFIX = "RAGLINE__SEARCH__"


class SearchSettings(DeletionPolicy):
    """How searches learn of deletions. The command line obeys it; a release keeps it for whatever serves the release."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def served_policy(built_with: DeletionPolicy, environ: Mapping[str, str] = os.environ) -> DeletionPolicy:
    """The policy of a server: what its release was built with, but for what ``RAGLINE__SEARCH__…`` of its environment says.

    Raises:
        ConfigError: a variable has a bad value.
    """
    named = {name: environ[variable] for name in DeletionPolicy.model_fields if (variable := _PREFIX + name.upper()) in environ}
    try:
        return DeletionPolicy.model_validate({**built_with.model_dump(), **named})
    except ValidationError as error:
        problem = error.errors()[0]
        where = ", ".join(f"{_PREFIX}{name.upper()}={value!r}" for name, value in named.items())
        raise ConfigError(f"The environment says {where}: {problem['msg'][:1].lower()}{problem['msg'][1:]}.") from error
