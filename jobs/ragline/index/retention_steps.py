"""Carry out the retention of releases, step by step; what was done already is left alone."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from ragline.errors import RaglineError, ReleaseError
from ragline.index.redaction import counted, held_too_long, redact_release
from ragline.index.release_expiry import releases_to_expire
from ragline.lake.kept_releases import expire, expired_releases, kept_releases, last_built
from ragline.registry import releases as registry
from ragline.registry.evaluation_reports import redact_reports
from ragline.registry.expiry import carry_out_expiry
from ragline.registry.held_documents import held_documents
from ragline.registry.lock import registry_lock
from ragline.registry.registration import remove_abandoned
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.tracking import connect
from ragline.runtime.run import Run

log = logging.getLogger(__name__)


class RetentionSteps:
    """One run over the releases of a pipeline. ``past`` are the documents (``doc_id``) that nothing may hold any more."""

    def __init__(self, run: Run, past: frozenset[str], *, dry_run: bool) -> None:
        self._run, self._past, self._dry_run = run, past, dry_run
        self._client = connect(run.settings)
        self._left: list[str] = []
        self._would: list[str] = []

    def carry_out(self) -> list[str]:
        """Do all of it; return what could not be done, in words."""
        with self._run.step("releases"):
            self._finish()
            for number, reason in self._redact().items():
                self._expire(number, reason)
            for number, reason in self._too_old().items():
                self._expire(number, reason)
            if not self._dry_run and (reports := redact_reports(self._client, self._run.settings, self._past)):
                self._run.count("evaluation reports redacted", reports)
        if self._dry_run:
            self._run.manifest.facts["releases"] = self._would
        return self._left

    def _known(self) -> list[ReleaseVersion]:
        return registry.releases(self._client, self._run.settings)

    def _finish(self) -> None:
        """Remove what runs that were killed left: of releases that have expired, and of those that got no number."""
        if self._dry_run:
            return
        remove_abandoned(self._client, self._run.settings)
        gone = expired_releases(self._run.lake)
        for release in self._known():
            if release.version in gone:
                self._remove(release)

    def _redact(self) -> Mapping[int, str]:
        """Redact what has an alias, oldest first, so that the newest stays the newest; return what is to expire instead."""
        gone, known, expiring = expired_releases(self._run.lake), self._known(), {}
        first_built = registry.build_order(known)
        for number in sorted({r.version for r in known} - set(gone), key=lambda number: (first_built[number], number)):
            release = registry.find_release(self._client, self._run.settings, number)
            try:
                held = held_documents(self._run.lake, self._client, self._run.settings, release, self._past)
                if held and release.aliases:
                    self._redact_one(release, held)
                elif held:
                    expiring[release.version] = held_too_long(len(held))
            except RaglineError as error:
                # A release that is damaged beyond reading goes. Of any other error it cannot be told whether it lasts.
                if release.aliases or not isinstance(error, ReleaseError):
                    self._note(release, error)
                else:
                    expiring[release.version] = f"nobody can tell whether it holds deleted documents ({error})"
        return expiring

    def _redact_one(self, release: ReleaseVersion, held: frozenset[str]) -> None:
        aliases = ", ".join(release.aliases)
        if self._dry_run:
            self._would.append(f"release {release.version} ({aliases}) would be built again without {counted(len(held))}")
            return
        made = redact_release(self._run, self._client, release, held)
        self._run.count("releases redacted")
        log.info("Release %d (%s) is replaced by release %d, without %s.", release.version, aliases, made, counted(len(held)))

    def _too_old(self) -> Mapping[int, str]:
        gone, known = expired_releases(self._run.lake), self._known()
        registered = {release.version for release in known}
        published = {publication.version for publication in kept_releases(self._run.lake)}
        newest = last_built(self._run.lake)
        # A registry that does not know the newest release either is another one: a wrong tracking.uri must expire nothing.
        is_ours = newest is not None and newest.version in registered
        lost = dict.fromkeys(sorted(published - registered) if is_ours else (), "it is not registered in MLflow any more")
        return {**lost, **releases_to_expire(known, gone, self._run.settings.retention, datetime.now(UTC))}

    def _expire(self, number: int, reason: str) -> None:
        if self._dry_run:
            self._would.append(f"release {number} would expire: {reason}")
            return
        with registry_lock(self._run.settings):
            release = next((release for release in self._known() if release.version == number), None)
            if release is not None and release.aliases:
                return  # it got one meanwhile: the next run looks at it again
            expire(self._run.lake, number, reason=reason, run_id=self._run.run_id)
        self._run.count("releases expired")
        log.info("Release %d expired: %s.", number, reason)
        if release is not None:
            self._remove(release)

    def _remove(self, release: ReleaseVersion) -> None:
        try:
            expiry = expired_releases(self._run.lake)[release.version]
            if carry_out_expiry(self._client, self._run.settings, expiry):
                self._run.count("bundles of expired releases removed")
        except ReleaseError as error:
            self._left.append(str(error))
            log.error("%s", error)

    def _note(self, release: ReleaseVersion, error: RaglineError) -> None:
        said = (
            f"Release {release.version} could not be looked through for deleted documents whose deadline has passed, or not be "
            f"built without them: {error} Make it whole ('ragline releases rebuild {release.version}'), or promote another: "
            "without an alias it expires."
        )
        self._left.append(said)
        log.error("%s", said)
