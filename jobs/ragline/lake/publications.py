"""Which table versions count: the append-only table ``published``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.tables import PUBLISHED
from ragline.errors import MissingInput
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake

RELEASE = "release"


@dataclass(frozen=True)
class Publication:
    """A version of a table (or a release number, under the name ``release``) that consumers may read.

    ``inputs`` are the versions it was made from, ``config_fingerprint`` the configuration it was made with.
    """

    table: str
    version: int
    run_id: str
    suite_fingerprint: str = ""
    config_fingerprint: str = ""
    inputs: Mapping[str, int] = field(default_factory=dict)
    gate_result: Mapping[str, Any] = field(default_factory=dict)


def publish(lake: Lake, publication: Publication) -> None:
    """Record a publication; the same one recorded twice in a row by the same run stands once."""
    row = {
        "table": publication.table,
        "version": publication.version,
        "suite_fingerprint": publication.suite_fingerprint,
        "config_fingerprint": publication.config_fingerprint,
        "inputs": json.dumps(dict(publication.inputs), sort_keys=True),
        "gate_result": json.dumps(dict(publication.gate_result), sort_keys=True),
        "run_id": publication.run_id,
        "published_at": datetime.now(UTC),
        "seq": 0,
    }
    identity = {name: row[name] for name in row if name not in ("published_at", "seq", "gate_result")}
    # The newest row is part of the key: publishing an earlier version again later is a new event.
    identity["after"] = repr(last_published(lake, publication.table))
    key = fingerprint({"publish": identity})
    lake.append(PUBLISHED, pa.Table.from_pylist([row], schema=PUBLISHED.schema), Commit(key, publication.run_id))


def publications(lake: Lake, table: str) -> list[Publication]:
    """Every publication of a table, oldest first."""
    rows = lake.read(PUBLISHED, filter=pc.field("table") == table).sort_by("seq").to_pylist()
    return [
        Publication(
            table=row["table"],
            version=row["version"],
            run_id=row["run_id"],
            suite_fingerprint=row["suite_fingerprint"],
            config_fingerprint=row["config_fingerprint"],
            inputs=json.loads(row["inputs"]),
            gate_result=json.loads(row["gate_result"]),
        )
        for row in rows
    ]


def last_published(lake: Lake, table: str) -> Publication | None:
    """The publication that counts now, or None."""
    found = publications(lake, table)
    return found[-1] if found else None


def require_published(lake: Lake, table: str, version: int | None = None) -> Publication:
    """The last publication of a table, or of the version asked for.

    Raises:
        MissingInput: nothing (or not that version) has passed its gate.
    """
    found = publications(lake, table)
    if version is not None:
        found = [publication for publication in found if publication.version == version]
    if not found:
        what = f"version {version} of table {table}" if version is not None else f"table {table}"
        raise MissingInput(f"No published {what} in {lake.uri}: run the stage that makes it, then 'ragline gate {table}'.")
    return found[-1]
