"""Where the project is: relative lake, tracking, source and model paths start there, whatever the working directory."""

import os
from pathlib import Path

from ragline.errors import ConfigError

DEFAULT_CONFIG = Path("conf") / "default.yaml"
PIPELINES = Path("conf") / "pipelines"


def project_root(near: Path | None = None) -> Path:
    """``RAGLINE_HOME``, or the closest folder at or above ``near`` that holds ``conf/default.yaml``.

    ``near`` defaults to the working directory. Without either, ``near`` itself is the root.
    """
    if home := os.environ.get("RAGLINE_HOME"):
        return Path(home).resolve()
    start = (near or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / DEFAULT_CONFIG).is_file():
            return folder
    return start if start.is_dir() else start.parent


def pipeline_files(root: Path) -> list[Path]:
    """Every pipeline of the project, one YAML file each, by name."""
    return sorted((root / PIPELINES).glob("*.yaml"))


def choose_pipeline(config: Path | None) -> Path:
    """The configuration file to use: the one given, ``RAGLINE_CONFIG``, or the project's only one."""
    chosen = config or (Path(os.environ["RAGLINE_CONFIG"]) if os.environ.get("RAGLINE_CONFIG") else None)
    if chosen:
        candidates = [chosen, project_root() / chosen, project_root() / PIPELINES / f"{chosen}.yaml"]
        for candidate in candidates:
            if candidate.is_file():
                return candidate.resolve()
        raise ConfigError(f"There is no configuration file {str(chosen)!r}; give one with --config PIPELINE.yaml.")
    files = pipeline_files(project_root())
    if len(files) == 1:
        return files[0]
    if not files:
        raise ConfigError(f"No pipeline in {project_root() / PIPELINES}: add a YAML file there or give --config.")
    names = ", ".join(file.stem for file in files)
    raise ConfigError(f"This project has {len(files)} pipelines ({names}): choose one with --config NAME or RAGLINE_CONFIG.")


def default_lake(pipeline: str) -> str:
    """Where the lake of a pipeline is that does not say where, below the project's root."""
    return f".ragline/{pipeline}/lake"


def resolve(root: Path, uri: str) -> str:
    """Make a relative path, or the file of a ``sqlite:///`` URL, absolute under ``root``; leave other URIs alone."""
    if uri.startswith("sqlite:///"):
        return "sqlite:///" + str((root / uri.removeprefix("sqlite:///")).resolve())
    if uri.startswith("file://"):
        return uri.removeprefix("file://")
    return uri if "://" in uri else str((root / Path(uri).expanduser()).resolve())
