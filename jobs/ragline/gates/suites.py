"""Great Expectations suites as files: ``expectations/<table>.json`` on a table's rows, ``<table>.facts.json`` on its facts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragline.contracts.fingerprints import fingerprint
from ragline.errors import ConfigError

GATED = ("documents", "chunks", "embeddings", "feedback")


@dataclass(frozen=True)
class Suites:
    """What must hold of a table, as read from its files. ``fingerprint`` changes when a file does."""

    rows: Mapping[str, Any] | None
    facts: Mapping[str, Any] | None
    fingerprint: str


def load_suites(folder: Path, table: str) -> Suites:
    """Read the suites of a table.

    Raises:
        ConfigError: the table has no gate, no suite, or one that is not a suite in JSON.
    """
    if table not in GATED:
        raise ConfigError(f"There is no gate for table {table!r}; the tables that have one are: {', '.join(GATED)}.")
    rows, facts = _read(folder / f"{table}.json"), _read(folder / f"{table}.facts.json")
    if rows is None and facts is None:
        raise ConfigError(f"Table {table} has no suite: neither {table}.json nor {table}.facts.json is in {folder}.")
    return Suites(rows, facts, fingerprint({"rows": rows, "facts": facts}))


def _read(file: Path) -> Mapping[str, Any] | None:
    try:
        suite = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ConfigError(f"The suite {file} cannot be read: {error}.") from error
    if not isinstance(suite, dict) or not isinstance(suite.get("expectations"), list):
        raise ConfigError(f"The suite {file} must be a JSON object with a list under 'expectations'.")
    # What to do is often the same for all that a suite asks: said once, it goes for every expectation that says nothing else.
    common = {"remedy": said} if (said := suite.get("meta", {}).get("remedy")) else {}
    asked = [{**entry, "meta": {**common, **entry.get("meta", {})}} for entry in suite["expectations"]]
    return {**suite, "expectations": asked}
