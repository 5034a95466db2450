"""A stage runs again when, and only when, what shapes its output has changed."""

from pathlib import Path

import pytest

from ragline.config.fingerprints import preprocess_fingerprint
from tests.project import Project


def pretend_to_install(folder: Path, name: str, version: str) -> None:
    """A package with metadata and nothing in it."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "__init__.py").touch()
    metadata = folder / f"{name}.dist-info"
    metadata.mkdir(exist_ok=True)
    metadata.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


@pytest.mark.parametrize(("policy", "again"), [("redact", True), ("keep", False)])
def test_documents_are_looked_at_again_when_an_entity_model_is_installed(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: str, again: bool
) -> None:
    prefix = "preprocess.personal_data"
    settings = project.settings(f"{prefix}.entity_model=model_of_nobody", f"{prefix}.kinds={{person: {policy}}}")
    monkeypatch.syspath_prepend(tmp_path)
    before = preprocess_fingerprint(settings)
    pretend_to_install(tmp_path, "spacy", "1")
    pretend_to_install(tmp_path, "model_of_nobody", "1")
    installed = preprocess_fingerprint(settings)
    pretend_to_install(tmp_path, "model_of_nobody", "2")
    updated = preprocess_fingerprint(settings)
    assert (before != installed, installed != updated) == (again, again)


def test_nothing_is_done_again_because_documents_may_take_longer(project: Project) -> None:
    longer = project.settings("preprocess.seconds_per_document=600")

    assert preprocess_fingerprint(longer) == preprocess_fingerprint(project.settings())
