"""Put a build without the content of deleted documents in the place of a release."""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ragline.contracts.fingerprints import fingerprint
from ragline.contracts.names import release_subject
from ragline.contracts.release_manifest import ReleaseManifest
from ragline.errors import LakeError, MissingInput, ReleaseError
from ragline.index.content import ReleaseContent, read_bundle, read_tables
from ragline.index.inputs import ReleaseInputs
from ragline.index.lost_manifest import manifest_by_settings
from ragline.index.model_folder import staging_folder, write_release
from ragline.lake.audit import REDACT, audit, running_user
from ragline.lake.kept_releases import LEFT_OUT, REDACTED_FROM, expire, expired_releases
from ragline.lake.publications import RELEASE, Publication, publications, publish
from ragline.registry import release_tags
from ragline.registry import releases as registry
from ragline.registry.embedders import choose_embedder
from ragline.registry.expiry import carry_out_expiry
from ragline.registry.lock import registry_lock
from ragline.registry.registration import bundle_folder, register_release
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.stored_manifest import stored_manifest
from ragline.retrieval.bundle import open_bundle, verify_bundle
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient


def redact_release(run: Run, client: "MlflowClient", release: ReleaseVersion, documents: Collection[str]) -> int:
    """Replace a release by a build without some documents, with the same specification, embedder and vectors; return its number.

    The build takes over the aliases, the verdict and what else became of the release, without another evaluation, and the
    release expires. Every step looks first whether it was taken, so that a run that was killed anywhere is completed by the
    next.

    Raises:
        ReleaseError: neither its bundle nor its tables can be read, or nothing says how it was built.
    """
    before = stored_manifest(release) or manifest_by_settings(run, client, release)
    manifest = _redacted_manifest(run, release, before, documents)
    made = _begun(run, client, release) or _build(run, client, release, manifest)
    with registry_lock(run.settings) as lock:
        aliases = registry.find_release(client, run.settings, release.version).aliases
        _publish(run, release, made, manifest)
        for judged in registry.releases(client, run.settings):
            if judged.tags.get(release_tags.VERDICT_CHAMPION) == str(release.version):
                against = {release_tags.VERDICT_CHAMPION: str(made.version)}
                registry.set_tags(client, run.settings, judged.version, against)
        lock.check()
        _audit(run, release, made, aliases, manifest)
        # From here on the build stands for the release: whoever is killed after this finds in the lake what is left to do.
        expire(run.lake, release.version, reason=held_too_long(len(documents)), run_id=run.run_id, replaced_by=made.version)
    carry_out_expiry(client, run.settings, expired_releases(run.lake)[release.version])
    run.wrote(RELEASE, made.version, json.loads(made.tags[release_tags.COUNTS])["chunks"])
    return made.version


def _begun(run: Run, client: "MlflowClient", release: ReleaseVersion) -> ReleaseVersion | None:
    """The build in the place of this release that a run made which was killed before it was through. If that still holds a
    document, it is replaced in its turn."""
    known = registry.releases(client, run.settings)
    made_of_it = (made for made in known if made.tags.get(release_tags.REDACTED_FROM) == str(release.version))
    return next((made for made in made_of_it if release_tags.EXPIRED not in made.tags), None)


def _redacted_manifest(run: Run, release: ReleaseVersion, before: ReleaseManifest, documents: Collection[str]) -> ReleaseManifest:
    left_out = sorted({*before.left_out, *documents})
    changed = {
        "fingerprint": fingerprint({"redacted": before.fingerprint, "left_out": left_out}),
        "left_out": left_out,
        "redacted_from": release.version,
        "run_id": run.run_id,
        "created_at": datetime.now(UTC).isoformat(),
        "files": {},
    }
    return before.model_copy(update=changed)


def _build(run: Run, client: "MlflowClient", release: ReleaseVersion, manifest: ReleaseManifest) -> ReleaseVersion:
    content = _content(run, client, release, manifest)
    became = {name: value for name, value in release.tags.items() if name not in release_tags.OF_THE_BUILD}
    tags = {**became, release_tags.REDACTED_FROM: str(release.version)}
    with staging_folder(run.settings, manifest.fingerprint) as folder:
        made = write_release(folder, manifest.model_copy(update={"counts": content.counts()}), content)
        return register_release(client, run.settings, folder, made, tags)


def _content(run: Run, client: "MlflowClient", release: ReleaseVersion, manifest: ReleaseManifest) -> ReleaseContent:
    """What the release holds but for the documents to leave out: out of its bundle, or out of its tables if that is damaged."""
    try:
        folder = bundle_folder(client, run.settings, release)
        verify_bundle(folder)
        return read_bundle(open_bundle(folder), manifest.left_out)
    except ReleaseError as damage:
        embedder = choose_embedder(client, run.settings, manifest.embedder.version)
        try:
            inputs = ReleaseInputs.of(manifest.inputs)
            return read_tables(run.lake, inputs, manifest.spec.encoder, embedder.folder, manifest.left_out)
        except (LakeError, MissingInput, OSError) as error:
            raise ReleaseError(f"Release {release.version} cannot be read. {damage} Its tables cannot either: {error}") from error


def _publish(run: Run, release: ReleaseVersion, made: ReleaseVersion, manifest: ReleaseManifest) -> None:
    known = publications(run.lake, RELEASE)
    if any(publication.version == made.version for publication in known):
        return
    original = next((publication for publication in known if publication.version == release.version), None)
    chosen = dict(original.gate_result) if original else {}
    result = {**chosen, REDACTED_FROM: release.version, LEFT_OUT: len(manifest.left_out)}
    config = original.config_fingerprint if original else ""
    publish(
        run.lake,
        Publication(RELEASE, made.version, run.run_id, "", config, manifest.inputs, gate_result=result),
        seen=known[-1] if known else None,
    )


def _audit(run: Run, release: ReleaseVersion, made: ReleaseVersion, aliases: Sequence[str], manifest: ReleaseManifest) -> None:
    audit(
        run.lake,
        action=REDACT,
        subject=release_subject(run.settings.pipeline, made.version),
        actor=running_user(),
        reason="deleted documents passed their deadline",
        run_id=run.run_id,
        evidence={"redacted_from": release.version, "aliases": list(aliases), "left_out": len(manifest.left_out)},
        event_id=fingerprint({"redacted": release.version, "by": made.version}),
    )


def held_too_long(documents: int) -> str:
    """Why a release expired that held so many documents."""
    return f"it held {counted(documents)} whose deletion had passed its deadline"


def counted(documents: int) -> str:
    """So many documents, in words."""
    return "a document" if documents == 1 else f"{documents:,} documents"
