import json
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import Result
from typer.testing import CliRunner

from ragline.cli import app
from ragline.errors import ConfigError
from ragline.registry import releases as registry
from tests.commands.command_line import printed_by
from tests.project import Project

if TYPE_CHECKING:
    from mlflow import MlflowClient


def test_releases_are_listed_newest_first(serving: Project) -> None:
    printed = printed_by(serving, "releases")
    listed = json.loads(printed_by(serving, "releases", "--json"))

    assert printed.index("challenger") < printed.index("champion")
    assert "nDCG@10 0.912" in printed
    assert [(entry["release"], entry["verdict"], entry["aliases"]) for entry in listed] == [
        (2, "worse", ["challenger"]),
        (1, "first", ["champion"]),
    ]
    assert listed[1]["metrics"] == {"nDCG@10": 0.9123}
    assert listed[0]["reason"] == "nDCG@10 fell"


def verified(project: Project, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["releases", "verify", *arguments, "--config", str(project.config)], env={"COLUMNS": "100"})


def bundle(project: Project, client: "MlflowClient", release: int) -> Path:
    return Path(registry.find_release(client, project.settings(), release).source) / "bundle"


def test_releases_that_are_whole_are_said_to_be(serving: Project) -> None:
    result = verified(serving)

    assert result.exit_code == 0, result.output
    first, second = result.stdout.splitlines()
    assert first.startswith("Release 2: all ")
    assert second.startswith("Release 1: all ")


def test_every_damaged_and_missing_file_is_named_with_what_is_wrong(serving: Project, client: "MlflowClient") -> None:
    folder = bundle(serving, client, 1)
    index, chunks = folder / "index.faiss", folder / "chunks.arrow"
    index.write_bytes(index.read_bytes()[:-1])
    chunks.write_bytes(bytes([chunks.read_bytes()[0] ^ 1]) + chunks.read_bytes()[1:])
    lexical = next(file for file in sorted((folder / "lexical").iterdir()) if file.is_file())
    lexical.unlink()
    (folder.parent / "MLmodel").unlink()

    result = verified(serving, "champion")

    assert result.exit_code == 1
    assert "Release 1: 4 files are damaged or missing." in result.stdout
    assert f"  bundle/index.faiss: {index.stat().st_size:,} bytes instead of {index.stat().st_size + 1:,}" in result.stdout
    assert "  bundle/chunks.arrow: its content has changed (SHA-256 differs)" in result.stdout
    assert f"  bundle/lexical/{lexical.name}: missing" in result.stdout
    assert "  MLmodel: missing" in result.stdout
    assert "ragline releases rebuild 1" in result.stdout


def test_a_manifest_that_was_changed_or_lost_is_damage_too(serving: Project, client: "MlflowClient") -> None:
    manifest = bundle(serving, client, 1) / "manifest.json"
    changed = json.loads(manifest.read_text()) | {"run_id": "somebody else's"}
    manifest.write_text(json.dumps(changed))
    other = bundle(serving, client, 2)
    other.rename(other.with_name("elsewhere"))

    found = {entry["release"]: entry for entry in json.loads(verified(serving, "--all", "--json").stdout)}

    assert "differs from the copy that the registry keeps" in found[1]["damage"]["bundle/manifest.json"]
    assert "are not at" in found[2]["damage"]["manifest.json"]
    assert not found[1]["whole"]
    assert not found[2]["whole"]


def test_a_release_and_all_of_them_are_not_asked_for_at_once(serving: Project) -> None:
    assert isinstance(verified(serving, "1", "--all").exception, ConfigError)
