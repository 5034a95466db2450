"""Read a pipeline's configuration: defaults, pipeline file, environment, ``--set``, in that order."""

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ragline.config.clashes import check_clashes
from ragline.config.layers import Tree, base_layers, merge, read_yaml
from ragline.config.project import choose_pipeline, default_lake, project_root, resolve
from ragline.config.settings import Settings
from ragline.contracts.redaction import redacted
from ragline.errors import ConfigError

ENV_PREFIX = "RAGLINE__"
_RENAMED_SECTIONS = {"quality": "gates"}
log = logging.getLogger(__name__)


def load_settings(config: Path | None = None, overrides: Sequence[str] = ()) -> Settings:
    """The checked settings of one pipeline.

    ``conf/default.yaml``, then ``conf/<RAGLINE_PROFILE>.yaml`` if that variable is set, then the pipeline's file, then
    ``RAGLINE__SECTION__KEY`` variables, then ``section.key=value`` overrides; later ones win.

    Raises:
        ConfigError: a file is missing or not YAML, a key is unknown or has a bad value, or another file of the project is the
            same pipeline or has the same lake.
    """
    file = choose_pipeline(config)
    root = project_root(file.parent)
    tree: Tree = {}
    for layer in (*base_layers(root), read_yaml(file)):
        tree = merge(tree, layer)
    tree = merge(tree, _from_environment(os.environ))
    for override in overrides:
        tree = _apply_override(tree, override)
    tree.setdefault("pipeline", file.stem)
    tree = _with_renamed_sections(tree)
    settings = _validated(_with_absolute_paths(tree, root), file, root)
    check_clashes(settings.pipeline, settings.lake.uri, file, root)
    return settings


def shared_tracking_uri(root: Path) -> str:
    """The MLflow of a project's pipelines, as far as their own files say nothing else.

    Raises:
        ConfigError: a file is not YAML.
    """
    tree: Tree = {}
    for layer in (*base_layers(root), _from_environment(os.environ)):
        tree = merge(tree, layer)
    section = tree.get("tracking")
    uri = section.get("uri") if isinstance(section, dict) else None
    return resolve(root, str(uri or _default_of("tracking", "uri")))


def _from_environment(environ: Mapping[str, str]) -> Tree:
    tree: Tree = {}
    for name, value in environ.items():
        if name.startswith(ENV_PREFIX):
            keys = name.removeprefix(ENV_PREFIX).lower().split("__")
            tree = _set_at(tree, keys, _parse_value(value), name)
    return tree


def _apply_override(tree: Tree, override: str) -> Tree:
    path, equals, value = override.partition("=")
    if not equals or not path:
        raise ConfigError(f"--set needs key=value, for example --set lake.uri=/data/lake; got {override!r}.")
    changed: Tree = _set_at(tree, path.split("."), _parse_value(value), f"--set {override}")
    return changed


def _parse_value(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _set_at(node: Any, keys: Sequence[str], value: Any, origin: str) -> Any:
    """A copy of ``node`` with ``value`` at the path ``keys``; numbers index lists."""
    if not keys:
        return value
    head, *rest = keys
    if isinstance(node, list):
        if not head.isdigit() or int(head) >= len(node):
            raise ConfigError(f"{origin}: {head!r} is not one of the list's positions 0 to {len(node) - 1}.")
        return [_set_at(item, rest, value, origin) if i == int(head) else item for i, item in enumerate(node)]
    if node is not None and not isinstance(node, dict):
        raise ConfigError(f"{origin}: there is no key {head!r} below the value {node!r}.")
    return {**(node or {}), head: _set_at((node or {}).get(head), rest, value, origin)}


def _with_renamed_sections(tree: Tree) -> Tree:
    """Sections under old names moved to their new ones; where a key is given under both, the new name's value counts."""
    renamed = dict(tree)
    for old, new in _RENAMED_SECTIONS.items():
        if old in renamed:
            log.warning("The configuration's section %r is called %r now; the old name will go.", old, new)
            was, now = renamed.pop(old), renamed.get(new, {})
            renamed[new] = merge(was, now) if isinstance(was, dict) and isinstance(now, dict) else was
    return renamed


def _with_absolute_paths(tree: Tree, root: Path) -> Tree:
    lake = tree.get("lake") or {}
    if isinstance(lake, dict) and "uri" not in lake:
        tree = _set_at(tree, ["lake", "uri"], default_lake(tree["pipeline"]), "lake.uri")
    feedback = tree.get("feedback") or {}
    if isinstance(feedback, dict) and not feedback.get("landing"):
        tree = _set_at(tree, ["feedback", "landing"], f".ragline/{tree['pipeline']}/feedback", "feedback.landing")
    for section, key in (
        ("lake", "uri"),
        ("tracking", "uri"),
        ("tracking", "artifacts"),
        ("gates", "suites"),
        ("evaluation", "judgments"),
        ("feedback", "landing"),
    ):
        default = _default_of(section, key)
        below = tree.get(section, {})
        value = below.get(key, default) if isinstance(below, dict) else None
        if isinstance(value, str):
            tree = _set_at(tree, [section, key], resolve(root, value), section)
    return tree


def _default_of(section: str, key: str) -> Any:
    annotation = Settings.model_fields[section].annotation
    field = annotation.model_fields[key] if isinstance(annotation, type) else None
    return None if field is None or field.is_required() else field.default


def _validated(tree: Tree, file: Path, root: Path) -> Settings:
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        raise ConfigError(_explain(error, file)) from error
    names = [source.name for source in settings.sources]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigError(f"{file}: source names must differ; used more than once: {', '.join(repeated)}.")
    if strange := sorted(set(settings.preprocess.personal_data.sources) - set(names)):
        raise ConfigError(
            f"{file}: preprocess.personal_data.sources names {', '.join(strange)}, no source; there are {', '.join(names)}."
        )
    settings._root, settings._file = root, file
    return settings


def _explain(error: ValidationError, file: Path) -> str:
    lines = []
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"unknown key {where!r} (check its spelling and where it is)")
        elif problem["type"] == "missing":
            lines.append(f"the key {where!r} is missing")
        else:
            lines.append(f"{where!r} is {problem['input']!r}: {problem['msg'][:1].lower()}{problem['msg'][1:]}")
    return redacted(f"{file}: " + "; ".join(lines) + ".")
