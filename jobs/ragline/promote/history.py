"""Which releases have served, as the audit table tells it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow.compute as pc

from ragline.contracts.names import retriever_name
from ragline.contracts.tables import AUDIT
from ragline.lake.lake import Lake

PROMOTE, ROLLBACK, REJECT = "promote", "rollback", "reject"


@dataclass(frozen=True)
class ChampionEvent:
    """A release became the champion, by a promotion or by the rollback of another one, ``taken_back``. ``actor`` did it."""

    action: str
    release: int
    taken_back: int | None
    actor: str


def subject(pipeline: str, release: int) -> str:
    """What the audit table calls a release."""
    return f"{retriever_name(pipeline)}/{release}"


def champion_history(lake: Lake, pipeline: str) -> list[ChampionEvent]:
    """Every change of the champion, oldest first."""
    changes = pc.field("action").isin([PROMOTE, ROLLBACK])
    rows = lake.read(AUDIT, columns=["action", "subject", "actor", "evidence", "seq"], filter=changes).sort_by("seq").to_pylist()
    prefix = subject(pipeline, 0).removesuffix("0")
    return [
        ChampionEvent(
            action=row["action"],
            release=int(row["subject"].removeprefix(prefix)),
            taken_back=json.loads(row["evidence"] or "{}").get("taken_back"),
            actor=row["actor"],
        )
        for row in rows
        if row["subject"].startswith(prefix)
    ]


def earlier_champions(history: Sequence[ChampionEvent], serving: int) -> list[int]:
    """The releases that a rollback of ``serving`` can go to, the next one first.

    They are those that served before it, without those that a rollback took back or passed over.
    """
    served: list[int] = []
    for event in history:
        if event.action == ROLLBACK:
            while event.release in served[:-1] and served[-1] != event.release:
                served.pop()
            served = [release for release in served if release != event.taken_back]
        if served[-1:] != [event.release]:
            served.append(event.release)
    return [release for release in dict.fromkeys(reversed(served)) if release != serving]
