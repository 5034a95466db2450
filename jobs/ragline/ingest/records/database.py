"""Connect to a database and run queries on it."""

import os
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, Subquery, column, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ragline.config.project import resolve
from ragline.errors import ConfigError, SourceError

_ROWS = 100


@dataclass(frozen=True)
class Database:
    """``url`` may lack the password; ``url_env`` and ``password_env`` name environment variables that hold what is secret."""

    source: str
    url: str | None
    url_env: str | None
    password_env: str | None
    tls: bool
    timeout_seconds: float

    def address(self, root: Path) -> URL:
        """The whole URL, password included; a relative SQLite file starts at ``root``.

        Raises:
            ConfigError: an environment variable is not set, or its value is no URL of a database.
        """
        text = self.url or self._secret(self.url_env or "")
        try:
            url = make_url(resolve(root, text))
        except ArgumentError as error:
            named = self.url_env or repr(text)
            raise ConfigError(f"Source {self.source!r}: {named} is not the URL of a database: {_unquoted(error)}.") from error
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+pg8000")
        return url.set(password=self._secret(self.password_env)) if self.password_env else url

    def _secret(self, name: str) -> str:
        if not (value := os.environ.get(name)):
            raise ConfigError(f"Source {self.source!r}: the environment variable {name} is not set.")
        return value

    @contextmanager
    def rows(self, root: Path, query: Any) -> Iterator[Iterator[dict[str, Any]]]:
        """The rows of a query, few at a time: the server keeps the rest.

        Raises:
            SourceError: the database does not answer, or not to this query.
        """
        engine = self._engine(self.address(root))
        try:
            with engine.connect() as connection:
                found = connection.execution_options(stream_results=True, yield_per=_ROWS).execute(query)
                yield (dict(row) for row in found.mappings())
        except (SQLAlchemyError, OSError) as error:
            raise SourceError(f"Source {self.source!r}: the database says: {getattr(error, 'orig', None) or error}") from error
        finally:
            engine.dispose()

    def _engine(self, url: URL) -> Engine:
        how: dict[str, Any] = {}
        if url.drivername == "postgresql+pg8000":
            how = {"timeout": self.timeout_seconds, **({"ssl_context": ssl.create_default_context()} if self.tls else {})}
        try:
            return create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=how)
        except (ArgumentError, ImportError) as error:
            advice = " (pip install 'ragline[postgres]')" if url.drivername.startswith("postgresql") else ""
            raise ConfigError(f"Source {self.source!r}: no driver for {url.drivername}: {error}{advice}.") from error


def as_table(query: str, columns: Sequence[str]) -> Subquery:
    """A query as something to select ``columns`` from. Its colons are its own: it takes no parameters."""
    bare = re.sub(r"(?<![;\s])[;\s]++$", "", query).replace(":", r"\:")
    return text(bare).columns(*(column(name) for name in columns)).subquery("ragline_query")


def _unquoted(error: Exception) -> str:
    """The message without the values that it quotes: one may be a password."""
    return re.sub(r"'.*'", "'…'", str(error))
