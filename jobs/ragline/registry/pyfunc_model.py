"""Make a release an MLflow model, so that ``mlflow models serve`` answers queries.

Input: one column ``query``; parameters ``k`` and ``mode``. Output: one row per hit, the queries' hits one after another.
MLflow finds ``_load_pyfunc`` here by the name of this module, which stands in the ``MLmodel`` file of every release: the
module keeps its name and that function for as long as a release is to open, wherever the rest of the code moves.
"""

import os
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import pandas as pd  # type: ignore[import-untyped]
import yaml
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, TEMPORARILY_UNAVAILABLE
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema
from mlflow.types.schema import Array

from ragline.config.search import served_policy
from ragline.errors import ConfigError, DeletionsUnknown
from ragline.lake.lake import Lake
from ragline.retrieval.bundle import open_bundle
from ragline.retrieval.ragline_wheel import wheel_name
from ragline.retrieval.search import Searcher

BUNDLE = "bundle"
COLUMNS = (
    *("query", "rank", "score", "text", "doc_id", "chunk_id", "source_id", "title", "uri", "span"),
    *("tenant", "access_labels", "release", "run"),
)
_LIBRARIES = ("mlflow", "faiss-cpu", "numpy", "pandas", "sentence-transformers", "tantivy", "torch")


class Retriever:
    """The model that MLflow calls: it answers a table of queries with a table of hits."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """The hits for every query of the column ``query``; their columns are ``COLUMNS``.

        Raises:
            MlflowException: a parameter or a query is not one that can be answered; a server says 400. Or what was deleted is not
                known, and nothing may be answered (503).
        """
        given = params or {}
        queries = [str(query) for query in model_input["query"]]
        try:
            found = self._searcher.search(queries, given.get("k", 5), str(given.get("mode", "fused")))
        except ConfigError as error:
            raise MlflowException(str(error), error_code=INVALID_PARAMETER_VALUE) from error
        except DeletionsUnknown as error:
            raise MlflowException(str(error), error_code=TEMPORARILY_UNAVAILABLE) from error
        rows = [
            {name: _plain(query if name == "query" else getattr(hit, name)) for name in COLUMNS}
            for query, hits in zip(queries, found, strict=True)
            for hit in hits
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def write_model_folder(folder: Path) -> None:
    """Write a new MLflow model folder; the release's bundle then goes into its folder ``bundle``."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*input example")
        mlflow.pyfunc.save_model(
            path=str(folder), loader_module=__name__, signature=_signature(), pip_requirements=_requirements()
        )


def _signature() -> ModelSignature:
    types: dict[str, Any] = {"rank": "long", "score": "double", "span": Array(DataType.long)}
    types["access_labels"] = Array(DataType.string)
    return ModelSignature(
        inputs=Schema([ColSpec("string", "query")]),
        outputs=Schema([ColSpec(types.get(name, "string"), name) for name in COLUMNS]),
        params=ParamSchema([ParamSpec("k", "long", 5), ParamSpec("mode", "string", "fused")]),
    )


def _requirements() -> list[str]:
    """List the packages that serving needs. MLflow would find them itself, but by loading the whole model."""
    pinned = [f"{BUNDLE}/{wheel_name()}"]
    for library in _LIBRARIES:
        try:
            pinned.append(f"{library}=={version(library).partition('+')[0]}")  # no package index knows the label of a local build
        except PackageNotFoundError:  # another build of it, such as faiss for GPUs
            continue
    return pinned


def _load_pyfunc(path: str) -> Retriever:
    """Open the model in a folder: the function that MLflow calls.

    A model that would not answer is not loaded, so that MLflow's server does not say that it is ready. Where the lake is
    elsewhere than when the release was built, ``RAGLINE__LAKE__URI`` in the environment says so.

    Raises:
        DeletionsUnknown: what was deleted since the release was built cannot be read, and the policy is strict.
    """
    bundle = Path(path) / BUNDLE
    lake = Lake(moved) if (moved := os.environ.get("RAGLINE__LAKE__URI")) else None
    policy = served_policy(open_bundle(bundle).manifest.search)
    searcher = Searcher.open(bundle, lake, release=_registered_version(Path(path)), policy=policy)
    searcher.check_ready()
    return Retriever(searcher)


def _registered_version(folder: Path) -> str:
    """Read the release's number, which MLflow writes into the folder when it resolves a ``models:/`` URI; "" without one."""
    file = folder / "registered_model_meta"
    if not file.is_file():
        return ""
    return str((yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("model_version", ""))
