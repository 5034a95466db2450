"""Two pipelines under one name, or on one lake, would each delete what the other one took in."""

import logging
from pathlib import Path

from ragline.config.layers import base_layers, merge, read_yaml
from ragline.config.project import default_lake, pipeline_files, resolve
from ragline.errors import ConfigError

log = logging.getLogger(__name__)


def check_clashes(pipeline: str, lake: str, file: Path, root: Path) -> None:
    """Make sure that no other file of the project is the pipeline that ``file`` is, or has its lake.

    Raises:
        ConfigError: one is or has; the message names both files.
    """
    for other in pipeline_files(root):
        if other.resolve() == file.resolve():
            continue
        try:
            name, place = _declared(other, root)
        except ConfigError as error:  # whoever uses that file is told
            log.debug("%s", error)
            continue
        if name == pipeline:
            raise ConfigError(
                f"{file} and {other} are both the pipeline {pipeline!r}: each would delete the documents of the other. Give one "
                "of them another name (its key 'pipeline', or without it the name of the file), or remove it."
            )
        if place == lake.rstrip("/"):
            raise ConfigError(
                f"{file} and {other} have the same lake.uri, {lake}: each would delete the documents of the other. Give every "
                "pipeline a lake of its own."
            )


def _declared(file: Path, root: Path) -> tuple[object, str]:
    """The name and the lake of the pipeline of a file, by what files say: variables and ``--set`` are for one command."""
    tree: dict[str, object] = {}
    for layer in (*base_layers(root), read_yaml(file)):
        tree = merge(tree, layer)
    name = tree.get("pipeline", file.stem)
    section = tree.get("lake")
    uri = section.get("uri") if isinstance(section, dict) else None
    return name, resolve(root, str(uri or default_lake(str(name)))).rstrip("/")
