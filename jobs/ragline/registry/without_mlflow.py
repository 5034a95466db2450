"""What can be said about a registry without importing MLflow, which takes seconds."""

from pathlib import Path

from ragline.config.settings import Settings
from ragline.contracts.names import retriever_name
from ragline.errors import RegistryError


def registry_is_empty(settings: Settings) -> bool:
    """Whether the registry is an SQLite file that does not exist yet."""
    uri = settings.tracking.uri
    return uri.startswith("sqlite:///") and not Path(uri.removeprefix("sqlite:///")).exists()


def no_release_yet(settings: Settings) -> RegistryError:
    """The error for a pipeline that has no release."""
    return RegistryError(f"{retriever_name(settings.pipeline)} has no release yet: run 'ragline index' to build one.")
