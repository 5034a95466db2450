"""``ragline promote``: make a release the champion, refuse to, or ask a person; and record that a person says no."""

import json
import logging
import uuid
from typing import TYPE_CHECKING, Any

from ragline.contracts.names import PREVIOUS, release_subject
from ragline.contracts.tables import AUDIT
from ragline.errors import NothingToDo, RegistryError, StaleVerdict
from ragline.lake.audit import PROMOTE, REDACT, REJECT, ROLLBACK, audit, running_user
from ragline.lake.publications import RELEASE
from ragline.promote.champion_change import ChampionChange, change_champion, settle
from ragline.promote.decision import Decision, JudgedRelease, decide
from ragline.promote.history import champion_history
from ragline.promote.people import named
from ragline.registry import release_tags
from ragline.registry import releases as registry
from ragline.registry.lock import RegistryLock, registry_lock
from ragline.registry.registration import bundle_folder
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.tracking import connect
from ragline.retrieval.bundle import verify_bundle
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

log = logging.getLogger(__name__)

_DONE = {PROMOTE: "promoted", ROLLBACK: "put back", REDACT: "redacted"}


def promote(run: Run, *, release: str | None, approved_by: str | None) -> None:
    """Make a release (default: the newest) the champion, refuse to, or say that a person must decide.

    What was decided is in ``manifest.facts["outcome"]``: promoted, refused or needs_approval; none of them is an error. The
    bundle is verified first, which takes seconds; then, under the lock of the registry, champion and verdict are read again.

    Raises:
        ConfigError: ``approved_by`` names nobody.
        StaleVerdict: it was not evaluated, or against a champion that no longer serves.
        ReleaseError: its bundle is damaged.
        NothingToDo: it serves already.
    """
    approver = None if approved_by is None else named(approved_by, "--approved-by")
    client = connect(run.settings)
    candidate = registry.find_release(client, run.settings, release)
    run.manifest.facts["release"] = candidate.version
    run.read(RELEASE, candidate.version)
    serving = registry.champion(client, run.settings)
    verified = serving is None or serving.version != candidate.version
    if verified:
        _check_verdict(candidate, serving)
        with run.step("verify the bundle"):
            verify_bundle(bundle_folder(client, run.settings, candidate))
    with registry_lock(run.settings) as lock:
        completed = settle(run, client)
        candidate = registry.find_release(client, run.settings, candidate.version)
        serving = registry.champion(client, run.settings)
        if serving is not None and serving.version == candidate.version:
            _report_served(run, candidate, completed)
            return
        if not verified:
            raise StaleVerdict(f"Release {candidate.version} served when this began, and does not any more.")
        _check_verdict(candidate, serving)
        decision = decide(_judged_release(candidate), run.settings.promotion, approved=approver is not None)
        if decision.action == "promoted":
            change_champion(run, client, lock, _promotion(run, client, candidate, serving, approver))
        elif decision.action == "needs_approval":
            # What is audited after this answers the question, wherever it is asked.
            run.manifest.facts["audit_version"] = run.lake.version(AUDIT)
    _report(run, candidate, decision, approver)


def reject(run: Run, *, release: str | None, rejected_by: str, reason: str) -> None:
    """Record that a person says no to a release (default: the newest): it is not promoted unless a person approves it later.

    Raises:
        ConfigError: ``rejected_by`` names nobody.
        RegistryError: it serves already.
        NothingToDo: the same person has rejected it for the same reason.
    """
    person = named(rejected_by, "--rejected-by")
    client = connect(run.settings)
    wanted = registry.find_release(client, run.settings, release).version
    run.manifest.facts["release"] = wanted
    run.read(RELEASE, wanted)
    with registry_lock(run.settings) as lock:
        settle(run, client)
        candidate = registry.find_release(client, run.settings, wanted)
        serving = registry.champion(client, run.settings)
        if serving is not None and serving.version == wanted:
            raise RegistryError(
                f"Release {wanted} serves already ({_promoted_by(run, wanted)}): rejecting it changes nothing. "
                "'ragline rollback' puts the champion before it back."
            )
        _record_rejection(run, client, lock, candidate, {"by": person, "reason": reason})
    run.wrote(RELEASE, wanted)
    run.manifest.facts.update(outcome="rejected", why=reason)
    run.manifest.message = f"Release {wanted} of {run.settings.pipeline} was rejected {_in_words(person, reason)}."


def _record_rejection(
    run: Run, client: "MlflowClient", lock: RegistryLock, candidate: ReleaseVersion, said: dict[str, str]
) -> None:
    stored = json.loads(candidate.tags.get(release_tags.REJECTED) or "{}")
    again = {key: stored.get(key) for key in said} == said
    event_id = stored["event_id"] if again else uuid.uuid4().hex
    before = run.lake.version(AUDIT)
    lock.check()
    registry.set_tags(
        client, run.settings, candidate.version, {release_tags.REJECTED: json.dumps({**said, "event_id": event_id})}
    )
    audit(
        run.lake,
        action=REJECT,
        subject=release_subject(run.settings.pipeline, candidate.version),
        actor=said["by"],
        reason=said["reason"],
        run_id=run.run_id,
        evidence=_evidence(candidate),
        event_id=event_id,
    )
    if again and run.lake.version(AUDIT) == before:
        raise NothingToDo(f"release {candidate.version} was rejected {_in_words(said['by'], said['reason'])} before.")


def _check_verdict(candidate: ReleaseVersion, serving: ReleaseVersion | None) -> None:
    """A verdict counts only against the champion that the candidate was compared with."""
    tags = candidate.tags
    if release_tags.VERDICT not in tags:
        raise StaleVerdict(f"Release {candidate.version} has no verdict yet.")
    now = str(serving.version) if serving else ""
    then = tags.get(release_tags.VERDICT_CHAMPION, "")
    if then != now:
        before, after = (f"release {then}" if then else "no champion"), (f"release {now}" if now else "no champion")
        raise StaleVerdict(f"Release {candidate.version} was compared with {before}, but now there is {after}.")


def _judged_release(candidate: ReleaseVersion) -> JudgedRelease:
    tags = candidate.tags
    rejection = json.loads(tags.get(release_tags.REJECTED) or "{}")
    return JudgedRelease(
        verdict=tags[release_tags.VERDICT],
        reason=tags.get(release_tags.VERDICT_REASON, ""),
        metrics=json.loads(tags.get(release_tags.METRICS) or "{}"),
        rolled_back=tags.get(release_tags.ROLLED_BACK, ""),
        rejected=_in_words(rejection["by"], rejection["reason"]) if rejection else "",
    )


def _in_words(person: str, reason: str) -> str:
    return f"by {person}" + (f": {reason.rstrip('.')}" if reason else "")


def _promotion(
    run: Run, client: "MlflowClient", candidate: ReleaseVersion, serving: ReleaseVersion | None, approver: str | None
) -> ChampionChange:
    before = registry.with_alias(client, run.settings, PREVIOUS)
    previous = before.version if before else None
    return ChampionChange(
        event_id=uuid.uuid4().hex,
        action=PROMOTE,
        release=candidate.version,
        champion=serving.version if serving else None,
        previous=previous,
        next_previous=serving.version if serving else previous,
        actor=approver or running_user(),
        reason=candidate.tags.get(release_tags.VERDICT_REASON, ""),
        run_id=run.run_id,
        evidence=_evidence(candidate),
    )


def _evidence(candidate: ReleaseVersion) -> dict[str, Any]:
    tags = candidate.tags
    return {
        "verdict": tags.get(release_tags.VERDICT, ""),
        "champion": tags.get(release_tags.VERDICT_CHAMPION, ""),
        "metrics": json.loads(tags.get(release_tags.METRICS) or "{}"),
        "release_fingerprint": tags.get(release_tags.RELEASE_FINGERPRINT, ""),
    }


def _report_served(run: Run, candidate: ReleaseVersion, completed: ChampionChange | None) -> None:
    """Say that the release serves: since a killed run's promotion was completed just now, or before.

    Raises:
        NothingToDo: it did before.
    """
    if completed is None or completed.action != PROMOTE:
        raise NothingToDo(f"release {candidate.version} serves already.")
    _report(run, candidate, Decision("promoted", "an interrupted promotion was completed"), None)


def _promoted_by(run: Run, release: int) -> str:
    last = [event for event in champion_history(run.lake, run.settings.pipeline) if event.release == release][-1:]
    return "; ".join(f"{_DONE[event.action]} by {event.actor}" for event in last) or "nobody knows since when"


def _report(run: Run, candidate: ReleaseVersion, decision: Decision, approved_by: str | None) -> None:
    sentence = {
        "promoted": f"Release {candidate.version} of {run.settings.pipeline} serves now",
        "refused": f"Release {candidate.version} of {run.settings.pipeline} was not promoted",
        "needs_approval": f"Release {candidate.version} of {run.settings.pipeline} waits for a person's approval",
    }[decision.action]
    by = f", approved by {approved_by}" if approved_by and decision.action == "promoted" else ""
    run.manifest.facts.update(outcome=decision.action, why=decision.why)
    run.manifest.message = f"{sentence}{by}: {decision.why.rstrip('.')}."
    if decision.action == "promoted":
        run.wrote(RELEASE, candidate.version)
    log.info("%s", run.manifest.message)
