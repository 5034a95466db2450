"""The spaCy model that finds names of persons and places: whether it is installed, and which one."""

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec


def installed_entity_model(name: str) -> str | None:
    """Name and version of the model and of spaCy; None if one of them is not installed. Nothing is loaded."""
    if find_spec("spacy") is None or find_spec(name) is None:
        return None
    return ", ".join(f"{package} {_version(package)}" for package in (name, "spacy"))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "of unknown version"
