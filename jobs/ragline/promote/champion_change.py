"""Make another release the champion: aliases, tags and the row in ``audit``, as one change.

MLflow moves one alias per request. So the whole change is noted in a tag first, and the note is removed last. A run that finds a
note, under the lock of the registry, knows that its writer was killed: if the alias ``champion`` had moved, the rest is done; if
it had not, what was done is taken back.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.names import CHALLENGER, CHAMPION, PREVIOUS, release_subject, retriever_name
from ragline.lake.audit import PROMOTE, ROLLBACK, audit
from ragline.lake.kept_releases import stand_ins, successor
from ragline.promote.history import audited_champion, champion_history
from ragline.registry import release_tags
from ragline.registry import releases as registry
from ragline.registry.lock import RegistryLock
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

# A tag of the registered model while a change is under way.
NOTE = "ragline.champion_change"
FOUND = "it was found as champion: the alias was moved by other means than Ragline"


@dataclass(frozen=True)
class ChampionChange:
    """A change of the champion to ``release``.

    ``champion`` and ``previous`` are the releases with these aliases until now, ``next_previous`` the one that a rollback will go
    to from now on. ``event_id`` is that of the row in ``audit``; the other fields are its columns.
    """

    event_id: str
    action: str
    release: int
    champion: int | None
    previous: int | None
    next_previous: int | None
    actor: str
    reason: str
    run_id: str
    evidence: dict[str, Any] = field(default_factory=dict)


def change_champion(run: Run, client: "MlflowClient", lock: RegistryLock, change: ChampionChange) -> None:
    """Carry a change out. What it was decided on must have been read while ``lock`` was held."""
    note = json.dumps(asdict(change), sort_keys=True)
    lock.check()
    client.set_registered_model_tag(retriever_name(run.settings.pipeline), NOTE, note)
    _point(run, client, PREVIOUS, change.next_previous)
    registry.set_alias(client, run.settings, CHAMPION, change.release)
    _conclude(run, client, change)


def settle(run: Run, client: "MlflowClient") -> ChampionChange | None:
    """Bring a change that a killed run left half done to its end or back to its beginning; return it if it took effect.

    To be called first by whoever holds the lock of the registry. A champion that the audit table does not know of is entered
    there, so that the history of champions is complete.
    """
    serving = registry.champion(client, run.settings)
    if serving is None:
        return None
    name = retriever_name(run.settings.pipeline)
    note = client.get_registered_model(name).tags.get(NOTE)
    if note is None:
        _enter_unknown_champion(run, serving.version)
        return None
    change = _renumbered(run, ChampionChange(**json.loads(note)))
    if stand_ins(run.lake).get(serving.version, serving.version) == change.release:
        _conclude(run, client, change)
        return change
    _point(run, client, PREVIOUS, change.previous)
    client.delete_registered_model_tag(name, NOTE)
    return None


def _renumbered(run: Run, change: ChampionChange) -> ChampionChange:
    """The change with the numbers of today: releases of it may have been replaced by redacted builds, or have expired, since
    it was noted."""

    def number(release: int | None) -> int | None:
        return None if release is None else successor(run.lake, release)

    return replace(
        change,
        release=stand_ins(run.lake).get(change.release, change.release),
        champion=number(change.champion),
        previous=number(change.previous),
        next_previous=number(change.next_previous),
        evidence={**change.evidence, **({"taken_back": number(change.champion)} if "taken_back" in change.evidence else {})},
    )


def _conclude(run: Run, client: "MlflowClient", change: ChampionChange) -> None:
    """Everything after the move of the alias. Each part may be done twice."""
    release = registry.find_release(client, run.settings, change.release)
    for outdated in {release_tags.ROLLED_BACK, release_tags.REJECTED} & set(release.tags):
        registry.delete_tag(client, run.settings, change.release, outdated)
    if CHALLENGER in release.aliases:
        registry.delete_alias(client, run.settings, CHALLENGER)
    if change.action == ROLLBACK and change.champion is not None:
        registry.set_tags(client, run.settings, change.champion, {release_tags.ROLLED_BACK: change.reason})
    audit(
        run.lake,
        action=change.action,
        subject=release_subject(run.settings.pipeline, change.release),
        actor=change.actor,
        reason=change.reason,
        run_id=change.run_id,
        evidence=change.evidence,
        event_id=change.event_id,
    )
    client.delete_registered_model_tag(retriever_name(run.settings.pipeline), NOTE)


def _enter_unknown_champion(run: Run, serving: int) -> None:
    history = champion_history(run.lake, run.settings.pipeline)
    now, known = stand_ins(run.lake), audited_champion(history)
    if known is not None and now.get(known, known) == now.get(serving, serving):
        return
    audit(
        run.lake,
        action=PROMOTE,
        subject=release_subject(run.settings.pipeline, serving),
        actor="unknown",
        reason=FOUND,
        run_id=run.run_id,
        event_id=fingerprint({"found": serving, "after": len(history)}),
    )


def _point(run: Run, client: "MlflowClient", alias: str, release: int | None) -> None:
    """Give an alias to a release, or to none."""
    if release is None:
        registry.delete_alias(client, run.settings, alias)
    else:
        registry.set_alias(client, run.settings, alias, release)
