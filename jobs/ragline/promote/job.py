"""``ragline promote`` and ``ragline rollback``: change which release serves."""

import getpass
import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ragline.contracts.names import retriever_name
from ragline.errors import NothingToDo, StaleVerdict
from ragline.lake.audit import audit
from ragline.lake.publications import RELEASE
from ragline.promote.aliases import clear_challenger, finish_swap, put_champion, swap_champion
from ragline.promote.decision import Decision, JudgedRelease, decide
from ragline.promote.history import last_champion
from ragline.registry import release_tags
from ragline.registry import releases as registry
from ragline.registry.registration import bundle_folder
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.tracking import connect
from ragline.retrieval.bundle import verify_bundle
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient

log = logging.getLogger(__name__)


def promote(run: Run, *, release: str | None, approved_by: str | None) -> None:
    """Make a release (default: the newest) the champion, refuse to, or say that a person must decide.

    What was decided is in ``manifest.facts["outcome"]``: promoted, refused or needs_approval; none of them is an error.

    Raises:
        StaleVerdict: it was not evaluated, or against a champion that no longer serves.
        ReleaseError: its bundle is damaged.
        NothingToDo: it serves already.
    """
    client = connect(run.settings)
    candidate = registry.find_release(client, run.settings, release)
    serving = registry.champion(client, run.settings)
    run.manifest.facts["release"] = candidate.version
    run.read(RELEASE, candidate.version)
    if serving is not None and serving.version == candidate.version:
        _complete_promotion(run, client, candidate, approved_by)
        return
    _check_verdict(candidate, serving)
    with run.step("verify the bundle"):
        verify_bundle(bundle_folder(client, run.settings, candidate))
    decision = decide(_judged_release(candidate), run.settings.promotion, approved=approved_by is not None)
    if decision.action == "promoted":
        put_champion(client, run.settings, candidate.version, serving.version if serving else None)
        _record_promotion(run, client, candidate, approved_by)
    _report(run, candidate, decision, approved_by)


def rollback(run: Run, *, reason: str) -> None:
    """Put the previous champion back.

    The release that is rolled back becomes the previous one, so a second rollback restores it. It gets a tag that says why
    it was rolled back, and is not promoted again unless a person approves.

    Raises:
        RegistryError: there is no champion, or none before it.
    """
    client = connect(run.settings)
    rolled_back, restored = swap_champion(client, run.settings)
    registry.set_tags(client, run.settings, rolled_back, {release_tags.ROLLED_BACK: reason})
    if release_tags.ROLLED_BACK in registry.find_release(client, run.settings, restored).tags:
        registry.delete_tag(client, run.settings, restored, release_tags.ROLLED_BACK)
    _audit(run, "rollback", restored, reason=reason, evidence={"taken_back": rolled_back})
    finish_swap(client, run.settings)
    run.wrote(RELEASE, restored)
    run.manifest.facts.update(outcome="rolled_back", release=restored, taken_back=rolled_back)
    run.manifest.message = f"Release {restored} serves again; release {rolled_back} was rolled back: {reason}."


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
    return JudgedRelease(
        verdict=tags[release_tags.VERDICT],
        reason=tags.get(release_tags.VERDICT_REASON, ""),
        metrics=json.loads(tags.get(release_tags.METRICS) or "{}"),
        rolled_back=tags.get(release_tags.ROLLED_BACK, ""),
    )


def _complete_promotion(run: Run, client: "MlflowClient", candidate: ReleaseVersion, approved_by: str | None) -> None:
    """Finish the promotion of a release that serves already, if a killed run left it without its audit row.

    Raises:
        NothingToDo: its promotion is in the audit table.
    """
    if last_champion(run.lake) == _subject(run, candidate.version):
        raise NothingToDo(f"release {candidate.version} serves already.")
    _record_promotion(run, client, candidate, approved_by)
    _report(run, candidate, Decision("promoted", "an interrupted promotion was completed"), approved_by)


def _record_promotion(run: Run, client: "MlflowClient", candidate: ReleaseVersion, approved_by: str | None) -> None:
    tags = candidate.tags
    evidence = {
        "verdict": tags.get(release_tags.VERDICT, ""),
        "champion": tags.get(release_tags.VERDICT_CHAMPION, ""),
        "metrics": json.loads(tags.get(release_tags.METRICS) or "{}"),
        "release_fingerprint": tags.get(release_tags.RELEASE_FINGERPRINT, ""),
    }
    clear_challenger(client, run.settings, candidate)
    if release_tags.ROLLED_BACK in tags:
        registry.delete_tag(client, run.settings, candidate.version, release_tags.ROLLED_BACK)
    _audit(
        run, "promote", candidate.version, reason=tags.get(release_tags.VERDICT_REASON, ""), evidence=evidence, actor=approved_by
    )


def _audit(run: Run, action: str, version: int, *, reason: str, evidence: Mapping[str, Any], actor: str | None = None) -> None:
    audit(
        run.lake,
        action=action,
        subject=_subject(run, version),
        actor=actor or _user(),
        reason=reason,
        run_id=run.run_id,
        evidence=evidence,
    )


def _subject(run: Run, version: int) -> str:
    return f"{retriever_name(run.settings.pipeline)}/{version}"


def _user() -> str:
    """Who runs this process; a container's user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


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
