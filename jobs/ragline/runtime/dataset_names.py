"""How lineage names datasets, without credentials. Source: https://openlineage.io/docs/spec/naming

A folder or table is ``file`` and its path, an object ``s3://bucket`` and its key, a table of a database
``postgres://host:port`` and ``database.schema.table``. MLflow's models are named after the place of its registry in the same way.
"""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ragline.contracts.redaction import redacted

_OBJECT_STORES = {"s3": "s3", "s3a": "s3", "s3n": "s3", "gs": "gs", "gcs": "gs"}
_DATABASES = {"postgresql": "postgres", "postgres": "postgres", "mysql": "mysql", "mariadb": "mysql", "mssql": "mssql"}
_PORTS = {"postgres": 5432, "mysql": 3306, "mssql": 1433}


@dataclass(frozen=True)
class DatasetName:
    """The namespace and the name of a dataset."""

    namespace: str
    name: str


def dataset_name(place: str, name: str = "") -> DatasetName:
    """The name of the dataset ``name`` at a place: a path, or the URI of an object store, a database or a server.

    A namespace that is one already is left as it is, with its name.
    """
    scheme, separator, rest = place.partition("://")
    if place in ("file", "git", "python"):
        return DatasetName(place, redacted(name))
    if not separator:
        return DatasetName("file", _joined(place, name)) if place.startswith("/") else DatasetName(place, redacted(name))
    kind = scheme.partition("+")[0].lower()
    if kind in ("file", "sqlite"):
        return DatasetName("file", _joined(rest if kind == "file" else rest.removeprefix("/"), name))
    if kind in _OBJECT_STORES:
        bucket, _, prefix = redacted(place).partition("://")[2].partition("/")
        return DatasetName(f"{_OBJECT_STORES[kind]}://{bucket.rpartition('@')[2]}", _joined(prefix, name) or "/")
    if kind in _DATABASES:
        return _in_database(_DATABASES[kind], rest, name)
    parts = urlsplit(redacted(place))
    # Azure has the container where others have a user.
    authority = parts.netloc if kind in ("abfs", "abfss", "wasb", "wasbs") else parts.netloc.rpartition("@")[2]
    return DatasetName(f"{kind}://{authority}", _joined(parts.path.strip("/"), name) or "/")


def _in_database(kind: str, rest: str, name: str) -> DatasetName:
    authority, _, path = rest.rpartition("@")[2].partition("/")
    server = authority if authority.rpartition(":")[2].isdecimal() else f"{authority}:{_PORTS[kind]}"
    database = unquote(path.partition("?")[0])
    return DatasetName(f"{kind}://{server}", redacted(".".join(part for part in (database, name) if part)))


def _joined(path: str, name: str) -> str:
    return "/".join(part for part in (path.rstrip("/"), name) if part)
