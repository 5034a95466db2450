"""``ragline rollback``: put an earlier champion back."""

import logging
import uuid
from typing import TYPE_CHECKING

from ragline.contracts.names import PREVIOUS, retriever_name
from ragline.errors import NothingToDo, RegistryError, ReleaseError
from ragline.lake.audit import ROLLBACK, running_user
from ragline.lake.publications import RELEASE
from ragline.promote.champion_change import ChampionChange, change_champion, settle
from ragline.promote.history import champion_history, earlier_champions
from ragline.registry import release_tags
from ragline.registry import releases as registry
from ragline.registry.expired import refuse_expired
from ragline.registry.lock import registry_lock
from ragline.registry.registration import bundle_folder
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.tracking import connect
from ragline.retrieval.bundle import verify_bundle
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

log = logging.getLogger(__name__)


def rollback(run: Run, *, reason: str, to: str | None = None) -> None:
    """Put the newest earlier champion back that was not rolled back itself, or the one that ``to`` names.

    Its bundle is verified before anything changes. The release that is rolled back gets a tag that says why, and is not promoted
    again unless a person approves; a second rollback goes further back, never to it. A rollback that was killed is completed, and
    counts as this one.

    Raises:
        RegistryError: there is no champion, or no such earlier one.
        ReleaseError: the bundle of the release to go back to is damaged; nothing was changed.
        NothingToDo: another run changed the champion meanwhile.
    """
    client = connect(run.settings)
    with registry_lock(run.settings):
        completed = settle(run, client)
        serving = registry.champion(client, run.settings)
    if completed is not None and completed.action == ROLLBACK:
        _report(run, completed)
        return
    if serving is None:
        name = retriever_name(run.settings.pipeline)
        raise RegistryError(f"{name} has no champion: there is nothing to roll back.")
    targets = _targets(run, client, serving, to)
    with run.step("verify the bundle"):
        _verify(run, client, targets[0])
    with registry_lock(run.settings) as lock:
        settle(run, client)
        now = registry.champion(client, run.settings)
        if now is None or now.version != serving.version:
            raise NothingToDo(
                f"release {serving.version} does not serve any more: another run made release "
                f"{now.version if now else 'none'} the champion meanwhile."
            )
        change = _change(run, client, serving, targets, reason)
        change_champion(run, client, lock, change)
    _report(run, change)


def _targets(run: Run, client: "MlflowClient", serving: ReleaseVersion, to: str | None) -> list[ReleaseVersion]:
    """The release to go back to, then those that later rollbacks will go to.

    Raises:
        RegistryError: there is none, or ``to`` names a release that is none of the earlier champions.
    """
    registered = registry.releases(client, run.settings)
    there = {release.version: release for release in registered if release_tags.EXPIRED not in release.tags}
    history = champion_history(run.lake, run.settings.pipeline)
    earlier = [there[number] for number in earlier_champions(history, serving.version) if number in there]
    if to is not None:
        wanted = registry.find_release(client, run.settings, to)
        refuse_expired(run.settings, wanted)
        if wanted not in earlier:
            known = ", ".join(str(release.version) for release in earlier) or "none"
            raise RegistryError(
                f"Release {wanted.version} of {run.settings.pipeline} is no earlier champion that a rollback can go to; "
                f"there are: {known}. 'ragline promote' makes any release the champion."
            )
        return earlier[earlier.index(wanted) :]
    if not earlier:
        raise RegistryError(
            f"{retriever_name(run.settings.pipeline)} has no champion before release {serving.version} that was not rolled back: "
            "there is nothing to roll back to."
        )
    return earlier


def _verify(run: Run, client: "MlflowClient", target: ReleaseVersion) -> None:
    try:
        verify_bundle(bundle_folder(client, run.settings, target))
    except ReleaseError as error:
        raise ReleaseError(
            f"Nothing was rolled back: the release to go back to, {target.version}, cannot serve. {error} "
            f"Make it again with 'ragline releases rebuild {target.version}' and roll back then, or go further back with --to."
        ) from error


def _change(
    run: Run, client: "MlflowClient", serving: ReleaseVersion, targets: list[ReleaseVersion], reason: str
) -> ChampionChange:
    before = registry.with_alias(client, run.settings, PREVIOUS)
    return ChampionChange(
        event_id=uuid.uuid4().hex,
        action=ROLLBACK,
        release=targets[0].version,
        champion=serving.version,
        previous=before.version if before else None,
        next_previous=targets[1].version if len(targets) > 1 else None,
        actor=running_user(),
        reason=reason,
        run_id=run.run_id,
        evidence={"taken_back": serving.version},
    )


def _report(run: Run, change: ChampionChange) -> None:
    run.manifest.facts.update(outcome="rolled_back", release=change.release, taken_back=change.champion)
    run.manifest.message = f"Release {change.release} serves again; release {change.champion} was rolled back: {change.reason}."
    run.read(RELEASE, change.release)
    run.wrote(RELEASE, change.release)
    log.info("%s", run.manifest.message)
