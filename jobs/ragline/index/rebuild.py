"""``ragline releases rebuild``: make the bundle of a release again from the table versions that it was built from."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mlflow.exceptions import MlflowException

from ragline.contracts.names import release_subject
from ragline.contracts.release_manifest import ReleaseManifest
from ragline.contracts.tables import CHUNKS, EMBEDDINGS
from ragline.errors import LakeError, MissingInput, NothingToDo, ReleaseError
from ragline.index.content import ReleaseContent, read_tables
from ragline.index.inputs import ReleaseInputs
from ragline.index.lost_manifest import manifest_by_settings
from ragline.index.model_folder import staging_folder, write_release
from ragline.index.redaction import counted
from ragline.lake.audit import audit, running_user
from ragline.lake.publications import RELEASE
from ragline.registry import release_tags
from ragline.registry import releases as registry
from ragline.registry.artifacts import forget_fetched, replace_artifacts
from ragline.registry.embedders import choose_embedder
from ragline.registry.expired import refuse_expired
from ragline.registry.lock import registry_lock
from ragline.registry.registration import bundle_folder, manifest_tag
from ragline.registry.release_version import ReleaseVersion
from ragline.registry.stored_manifest import stored_manifest
from ragline.registry.tracking import connect
from ragline.retrieval.bundle import verify_bundle
from ragline.retrieval.encoder import encoder_fingerprint
from ragline.runtime.run import Run

if TYPE_CHECKING:
    from mlflow import MlflowClient


def rebuild_release(run: Run, *, release: str) -> None:
    """Make a damaged or lost bundle again: the same chunks, the same vectors bit for bit, the same specification and embedder.

    It goes where the registered version points to. The indices are built anew and may differ in their bytes, not in what they
    hold; which files are equal to those that were built first is in ``manifest.facts``.

    Raises:
        RegistryError: there is no such release, or its embedder is lost.
        ExpiredRelease: it has expired, and its tables with it.
        ReleaseError: its tables are gone, or nothing says any more how it was built.
        NothingToDo: its bundle is whole.
    """
    client = connect(run.settings)
    found = registry.find_release(client, run.settings, release)
    run.manifest.facts["release"] = found.version
    refuse_expired(run.settings, found)
    if (whole := _whole(client, run, found)) is not None:
        _keep_manifest(client, run, found, whole)
        raise NothingToDo(f"the bundle of release {found.version} is whole: every file is as it was built.")
    before = stored_manifest(found) or manifest_by_settings(run, client, found)
    with run.step("read chunks and vectors"):
        content = _content(run, client, found, before)
    with staging_folder(run.settings, before.fingerprint) as folder:
        with run.step("build the indices and the bundle"):
            made = write_release(folder, before.model_copy(update={"files": {}}), content)
        with run.step("put it in its place"), registry_lock(run.settings):
            replace_artifacts(run.settings, registry.find_release(client, run.settings, found.version), folder)
            registry.set_tags(client, run.settings, found.version, manifest_tag(made))
            _audit(run, found, made)
    _report(run, found, before, made)


def _whole(client: "MlflowClient", run: Run, release: ReleaseVersion) -> ReleaseManifest | None:
    """The manifest of a release's bundle if every file of it is as it was built; what was fetched before is fetched again."""
    forget_fetched(run.settings, release)
    try:
        folder = bundle_folder(client, run.settings, release)
        manifest = verify_bundle(folder)
    except (ReleaseError, MlflowException, OSError) as error:
        run.manifest.facts["damage"] = str(error)
        return None
    same = manifest.fingerprint == release.tags.get(release_tags.RELEASE_FINGERPRINT)
    return manifest if same and (folder.parent / "MLmodel").is_file() else None


def _keep_manifest(client: "MlflowClient", run: Run, release: ReleaseVersion, manifest: ReleaseManifest) -> None:
    """Tag a release that has no copy of its manifest yet, or that of a bundle before a rebuild that was killed at its end."""
    if release.tags.get(release_tags.MANIFEST) != manifest_tag(manifest)[release_tags.MANIFEST]:
        registry.set_tags(client, run.settings, release.version, manifest_tag(manifest))


def _content(run: Run, client: "MlflowClient", release: ReleaseVersion, manifest: ReleaseManifest) -> ReleaseContent:
    embedder = choose_embedder(client, run.settings, manifest.embedder.version)
    spec, inputs = manifest.spec.encoder, ReleaseInputs.of(manifest.inputs)
    if encoder_fingerprint(embedder.folder, spec.query_prompt, spec.document_prompt) != spec.fingerprint:
        raise ReleaseError(
            f"Release {release.version} was built with the encoder {spec.fingerprint}, and embedder {embedder.version} is "
            "another: restore its files, then rebuild again."
        )
    try:
        content = read_tables(run.lake, inputs, spec, embedder.folder, manifest.left_out)
    except (LakeError, MissingInput, OSError) as error:
        raise ReleaseError(_tables_are_gone(release, manifest, error)) from error
    if content.counts() != manifest.counts:
        raise ReleaseError(
            f"Version {inputs.chunks} of table chunks holds {content.counts()}, and release {release.version} was built from "
            f"{manifest.counts}: that version is not what it was. Build a new release with 'ragline index'."
        )
    run.read(CHUNKS, inputs.chunks, content.chunks.num_rows)
    run.read(EMBEDDINGS, inputs.embeddings)
    run.read("embedder", embedder.version)
    return content


def _tables_are_gone(release: ReleaseVersion, manifest: ReleaseManifest, error: Exception) -> str:
    why = (
        f"it was made without {counted(len(manifest.left_out))} on {manifest.created_at[:10]}, and the table versions that still "
        f"held that are not kept ({error})"
        if manifest.left_out
        else f"the versions that it was built from cannot be read ({error})"
    )
    return (
        f"Release {release.version} cannot be built again: {why}. Restore {release.source} from a backup, or build a new "
        "release with 'ragline index' and promote it."
    )


def _audit(run: Run, release: ReleaseVersion, made: ReleaseManifest) -> None:
    audit(
        run.lake,
        action="rebuild",
        subject=release_subject(run.settings.pipeline, release.version),
        actor=running_user(),
        reason=str(run.manifest.facts.get("damage", "")),
        run_id=run.run_id,
        evidence={"inputs": made.inputs, "release_fingerprint": made.fingerprint},
    )


def _report(run: Run, release: ReleaseVersion, before: ReleaseManifest, made: ReleaseManifest) -> None:
    equal = sorted(_parts(made, [name for name, file in made.files.items() if before.files.get(name) == file]))
    other = sorted(_parts(made, made.files) - set(equal)) if before.files else []
    run.manifest.facts.update(equal=equal, built_anew=other)
    run.wrote(RELEASE, release.version, made.counts["chunks"])
    for what, number in made.counts.items():
        run.count(what, number)
    compared = f" Byte for byte as before: {', '.join(equal)}." if equal else " No checksums of before are known."
    anew = f" Of equal content: {', '.join(other)}." if other else ""
    run.manifest.message = (
        f"Release {release.version} of {run.settings.pipeline} was built again from chunks {made.inputs['chunks']} and "
        f"embeddings {made.inputs['embeddings']}.{compared}{anew}"
    )


def _parts(made: ReleaseManifest, names: Iterable[str]) -> set[str]:
    """The parts of a bundle that some of its files make up whole: ``lexical`` if all files below it are among them."""
    some = set(names)
    missing = {Path(name).parts[0] for name in made.files if name not in some}
    return {Path(name).parts[0] for name in some} - missing
