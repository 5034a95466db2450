"""Which releases have served, as the audit table tells it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow.compute as pc

from ragline.contracts.names import release_subject
from ragline.contracts.tables import AUDIT
from ragline.lake.audit import PROMOTE, REDACT, ROLLBACK
from ragline.lake.lake import Lake


@dataclass(frozen=True)
class ChampionEvent:
    """A release became the champion: by a promotion, by the rollback of another one, or as the redacted build of another one.

    ``instead_of`` is that other one; None after a promotion. ``actor`` did it.
    """

    action: str
    release: int
    instead_of: int | None
    actor: str


def champion_history(lake: Lake, pipeline: str) -> list[ChampionEvent]:
    """Every change of the champion, and every redacted build, oldest first."""
    changes = pc.field("action").isin([PROMOTE, ROLLBACK, REDACT])
    rows = lake.read(AUDIT, columns=["action", "subject", "actor", "evidence", "seq"], filter=changes).sort_by("seq").to_pylist()
    prefix = release_subject(pipeline, 0).removesuffix("0")
    found = []
    for row in rows:
        if row["subject"].startswith(prefix):
            evidence = json.loads(row["evidence"] or "{}")
            instead_of = evidence.get("redacted_from" if row["action"] == REDACT else "taken_back")
            found.append(ChampionEvent(row["action"], int(row["subject"].removeprefix(prefix)), instead_of, row["actor"]))
    return found


def earlier_champions(history: Sequence[ChampionEvent], serving: int) -> list[int]:
    """The releases that a rollback of ``serving`` can go to, the next one first.

    They are those that served before it, without those that a rollback took back or passed over.
    """
    return [release for release in dict.fromkeys(reversed(_served(history))) if release != serving]


def audited_champion(history: Sequence[ChampionEvent]) -> int | None:
    """The release that serves, as far as the audit table knows."""
    served = _served(history)
    return served[-1] if served else None


def _served(history: Sequence[ChampionEvent]) -> list[int]:
    """The champions, oldest first, without those that a rollback took back or passed over."""
    served: list[int] = []
    for event in history:
        if event.action == REDACT:
            served = [event.release if release == event.instead_of else release for release in served]
            continue
        if event.action == ROLLBACK:
            while event.release in served[:-1] and served[-1] != event.release:
                served.pop()
            served = [release for release in served if release != event.instead_of]
        if served[-1:] != [event.release]:
            served.append(event.release)
    return served
