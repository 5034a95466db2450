"""Which table versions count: the append-only table ``published``."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.tables import PUBLISHED
from ragline.errors import CommitConflict, MissingInput, Superseded
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake

RELEASE = "release"
_ATTEMPTS = 20


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


def publish(lake: Lake, publication: Publication, *, seen: Publication | None = None) -> None:
    """Record a publication, unless a newer version was published meanwhile; one that stands already is not recorded twice.

    ``seen`` is the last publication that the caller decided on. An earlier version is published over that one on purpose: a
    release that was built before counts again. Over any other it is late, a slow run's that another one overtook.

    Raises:
        Superseded: a newer version than this one is published, which the caller has not seen.
        CommitConflict: others kept publishing.
    """
    for attempts_left in reversed(range(_ATTEMPTS)):
        base = lake.version(PUBLISHED)
        newest = last_published(lake, publication.table, base)
        if newest is not None:
            if _same(newest, publication):
                return
            if newest.version > publication.version and newest != seen:
                raise Superseded(
                    f"version {newest.version} of {publication.table} was published meanwhile: version {publication.version} "
                    "does not count any more."
                )
        try:
            lake.write(PUBLISHED, _row(publication), _commit(publication, newest), base)
            return
        except CommitConflict:
            if not attempts_left:
                raise


def _same(one: Publication, other: Publication) -> bool:
    """Whether two publications say the same, by whatever run and with whatever figures."""
    return replace(one, run_id="", gate_result={}) == replace(other, run_id="", gate_result={})


def _commit(publication: Publication, newest: Publication | None) -> Commit:
    identity = {**asdict(publication), "gate_result": "", "after": repr(newest)}
    return Commit(fingerprint({"publish": identity}), publication.run_id)


def _row(publication: Publication) -> pa.Table:
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
    return pa.Table.from_pylist([row], schema=PUBLISHED.schema)


def publications(lake: Lake, table: str, at: int | None = None) -> list[Publication]:
    """Every publication of a table, oldest first. ``at`` is a version of the table ``published``; default: its newest."""
    rows = lake.read(PUBLISHED, at, filter=pc.field("table") == table).sort_by("seq").to_pylist()
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


def last_published(lake: Lake, table: str, at: int | None = None) -> Publication | None:
    """The publication that counts now, or None. ``at`` as in ``publications``."""
    found = publications(lake, table, at)
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
