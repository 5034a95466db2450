"""Find the type of a configured source: a module in ``sources/``, or a folder with a ``source.py``, named after the type."""

import importlib
import pkgutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import ragline.ingest.sources as modules
from ragline.config.settings import Settings
from ragline.config.sources import SourceSettings
from ragline.errors import ConfigError
from ragline.ingest.source import Source


def source_types() -> list[str]:
    """Every type that a source may have, by name."""
    return sorted(module.name for module in pkgutil.iter_modules(modules.__path__))


def configured_sources(settings: Settings, only: Sequence[str] | None = None) -> list[Source[Any]]:
    """The pipeline's sources (or those named in ``only``), their options and their presence checked.

    Raises:
        ConfigError: an unknown source or type, an option that is wrong, a folder or file that is missing.
    """
    names = [source.name for source in settings.sources]
    if unknown := sorted(set(only or ()) - set(names)):
        raise ConfigError(f"No source named {', '.join(unknown)} in pipeline {settings.pipeline}; it has: {', '.join(names)}.")
    chosen = [source for source in settings.sources if only is None or source.name in only]
    sources = [make_source(source, settings.root) for source in chosen]
    for source in sources:
        source.check()
    return sources


def make_source(settings: SourceSettings, root: Path) -> Source[Any]:
    """A source with its options checked, but not its presence.

    Raises:
        ConfigError: an unknown type, or an option that is wrong.
    """
    kind = _source_class(settings)
    try:
        options = kind.options_model.model_validate(settings.options)
    except ValidationError as error:
        raise ConfigError(f"Source {settings.name!r} (type {settings.type}): {_explain(error, kind)}.") from error
    return kind(settings.name, options, root, settings.tenant, settings.access_labels)


def _source_class(settings: SourceSettings) -> type[Source[Any]]:
    if settings.type not in source_types():
        raise ConfigError(
            f"Source {settings.name!r} has the unknown type {settings.type!r}; the types are: {', '.join(source_types())}."
        )
    return source_class(settings.type)


def source_class(name: str) -> type[Source[Any]]:
    """The class of a type."""
    module = importlib.import_module(f"{modules.__name__}.{name}")
    if hasattr(module, "__path__"):
        module = importlib.import_module(f"{module.__name__}.source")
    return next(
        found
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Source) and found.__module__ == module.__name__
    )


def _explain(error: ValidationError, kind: type[Source[Any]]) -> str:
    known = ", ".join(sorted(kind.options_model.model_fields))
    problems = []
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            problems.append(f"unknown key {where!r} (it takes: {known})")
        elif problem["type"] == "missing":
            problems.append(f"the key {where!r} is missing")
        else:
            problems.append(f"{where!r} is {problem['input']!r}: {problem['msg']}")
    return "; ".join(problems)
