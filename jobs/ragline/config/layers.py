"""The layers of a configuration: YAML files, and values of one on top of those of another."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ragline.config.project import DEFAULT_CONFIG
from ragline.errors import ConfigError

Tree = dict[str, Any]


def base_layers(root: Path) -> list[Tree]:
    """What every pipeline of a project starts from: ``conf/default.yaml``, then the profile.

    Raises:
        ConfigError: as ``read_yaml`` does.
    """
    layers = [read_yaml(root / DEFAULT_CONFIG)] if (root / DEFAULT_CONFIG).is_file() else []
    if profile := os.environ.get("RAGLINE_PROFILE"):
        layers.append(read_yaml(root / "conf" / f"{profile}.yaml"))
    return layers


def read_yaml(file: Path) -> Tree:
    """The keys and values of a file.

    Raises:
        ConfigError: it is missing, no YAML, or holds something else.
    """
    try:
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"Cannot read the configuration file {file}: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"The configuration file {file} is not valid YAML: {error}") from error
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise ConfigError(f"The configuration file {file} must hold keys and values, not a {type(tree).__name__}.")
    return tree


def merge(base: Tree, over: Mapping[str, Any]) -> Tree:
    """``base`` with the values of ``over``, which win."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if isinstance(below, dict) and isinstance(value, Mapping) else value
    return merged
