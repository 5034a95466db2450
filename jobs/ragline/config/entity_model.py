"""The spaCy model that finds names of persons and places: whether it is installed, and which one."""

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec


def has_entity_model(name: str) -> bool:
    """Whether spaCy and the model are installed. Nothing is loaded."""
    return find_spec("spacy") is not None and find_spec(name) is not None


def installed_entity_model(name: str) -> str | None:
    """Name and version of the model and of spaCy; None if one of them is not installed."""
    if not has_entity_model(name):
        return None
    return ", ".join(f"{package} {_version(package)}" for package in (name, "spacy"))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "of unknown version"
