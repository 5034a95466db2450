"""A registered release, as plain data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReleaseVersion:
    """A version of the registered model ``<pipeline>.retriever``.

    ``tags`` are named in ``release_tags``; ``source`` is the URI of its MLflow model folder, which holds the bundle;
    ``run_id`` is the MLflow run that its artifacts belong to.
    """

    version: int
    aliases: tuple[str, ...]
    tags: dict[str, str]
    source: str
    run_id: str | None
