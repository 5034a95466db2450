"""Folders of Google Cloud Storage and of Azure Blob Storage, on emulators of this machine."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragline.contracts.tables import DOCUMENTS
from ragline.errors import ConfigError
from ragline.ingest.files.store import open_store
from ragline.ingest.job import Scope, ingest
from tests.local.waiting import wait_for
from tests.project import Project

# The account that every Azurite has, with its well-known key.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


@pytest.fixture
def gs(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket of Google's API; its URI."""
    pytest.importorskip("gcsfs", reason="gs:// needs the extra ragline[gcs]")
    emulator = pytest.importorskip("gcp_storage_emulator.server", reason="the package gcp-storage-emulator is not installed")
    port = _free_port()
    server = emulator.create_server("127.0.0.1", port, in_memory=True, default_bucket="company")
    server.start()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
    yield "gs://company"
    server.stop()


@pytest.fixture
def abfs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A container of Azure's API; its URI."""
    blob = pytest.importorskip("azure.storage.blob", reason="abfs:// needs the extra ragline[azure]")
    pytest.importorskip("adlfs", reason="abfs:// needs the extra ragline[azure]")
    program = shutil.which("azurite-blob", path=os.environ.get("AZURITE_PATH", os.environ["PATH"]))
    if program is None:
        pytest.skip("azurite-blob (npm install azurite) is not on the PATH, nor in AZURITE_PATH")
    port = _free_port()
    options = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", str(tmp_path / "azurite")]
    command = [program, *options, "--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        wait_for(lambda: _answers(port))
        place = f"http://127.0.0.1:{port}/{ACCOUNT}"
        connection = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={place};"
        monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", connection)
        with blob.BlobServiceClient.from_connection_string(connection) as client:
            client.create_container("company")
        yield "abfs://company"
        server.terminate()


@pytest.mark.parametrize("store", ["gs", "abfs"])
def test_a_folder_of_the_store_is_followed(store: str, request: pytest.FixtureRequest, project: Project) -> None:
    root = request.getfixturevalue(store)
    filesystem, path = open_store(f"{root}/docs", {})
    filesystem.pipe_file(f"{path}/a.md", b"# First\n\nOne.\n")
    filesystem.pipe_file(f"{path}/deep/b.md", b"# Second\n\nTwo.\n")
    filesystem.pipe_file(f"{path}/long.md", b"word " * 1000)
    project.configure(sources=[{"name": "docs", "type": "folder", "uri": f"{root}/docs", "max_bytes": 2000}])
    assert _counts(project) == {"new": 2, "quarantined": 1}
    assert _counts(project) == {"unchanged": 2, "quarantined": 1}
    filesystem.pipe_file(f"{path}/a.md", b"# First\n\nOne and a half.\n")
    filesystem.rm_file(f"{path}/long.md")
    assert _counts(project) == {"changed": 1, "unchanged": 1}
    rows = {row["source_id"]: row for row in project.lake.read(DOCUMENTS).to_pylist()}
    assert rows["a.md"]["text"] == "# First\n\nOne and a half.\n"
    assert rows["deep/b.md"]["title"] == "Second"
    assert rows["deep/b.md"]["uri"].endswith("company/docs/deep/b.md")


def test_a_store_that_does_not_answer_is_not_taken_for_an_empty_one(gs: str, project: Project, monkeypatch) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")
    project.configure(sources=[{"name": "docs", "type": "folder", "uri": "gs://elsewhere/docs"}])
    manifest = project.run("ingest", lambda run: ingest(run, Scope()))
    assert "gs://elsewhere/docs cannot be reached" in manifest.message


@pytest.mark.parametrize(("uri", "module", "extra"), [("gs://b/x", "gcsfs", "gcs"), ("abfs://b/x", "adlfs", "azure")])
def test_a_package_that_is_missing_is_named_with_its_extra(uri, module, extra, monkeypatch):
    from fsspec.registry import _registry

    for name in ("gs", "gcs", "abfs"):
        monkeypatch.delitem(_registry, name, raising=False)
    monkeypatch.setitem(__import__("sys").modules, module, None)  # as if it were not installed
    with pytest.raises(ConfigError, match=rf"pip install 'ragline\[{extra}\]'"):
        open_store(uri, {})


def _counts(project: Project) -> dict[str, int]:
    manifest = project.run(
        "ingest",
        lambda run: ingest(
            run,
            Scope(),
        ),
        "ingest.max_deleted_share=0.5",
    )
    assert manifest.status in ("done", "nothing_to_do"), manifest.message
    return {name: number for name, number in manifest.counts.items() if number}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
