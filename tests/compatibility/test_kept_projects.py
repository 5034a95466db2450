"""What earlier versions of Ragline wrote, newer ones go on with: bundles open for ever, lakes have nothing to do again."""

import shutil

import mlflow.pyfunc
import pandas as pd
import pytest

from ragline.embed.job import embed
from ragline.feedback.collect import collect
from ragline.feedback.make_pairs import make_pairs
from ragline.finetune.job import finetune
from ragline.gates.job import gate
from ragline.index.job import build_release
from ragline.ingest.job import Scope, ingest
from ragline.preprocess.job import preprocess
from ragline.promote.job import promote
from ragline.registry.tracking import connect
from ragline.runtime.run import execute
from tests.compatibility.kept_project import ARCHIVES, champion_folder, recorded_answers, restore_registry, unpack

STAGES = {
    "ingest": lambda run: ingest(run, Scope()),
    "gate documents": lambda run: gate(run, "documents"),
    "preprocess": lambda run: preprocess(run, documents_version=None, full_refresh=False),
    "gate chunks": lambda run: gate(run, "chunks"),
    "embed": lambda run: embed(run, chunks_version=None, embedder_version=None),
    "gate embeddings": lambda run: gate(run, "embeddings"),
    "index": lambda run: build_release(run, chunks_version=None, embedder_version=None),
    "promote": lambda run: promote(run, release=None, approved_by=None),
    "feedback collect": collect,
    "gate feedback": lambda run: gate(run, "feedback"),
    "feedback pairs": make_pairs,
    "finetune": lambda run: finetune(run, force=False),
}

pytestmark = pytest.mark.parametrize("archive", ARCHIVES, ids=lambda file: file.name)


@pytest.fixture
def settings(archive, tmp_path):
    return unpack(archive, tmp_path / "project")


@pytest.fixture
def registered(settings, empty_registry):
    database = settings.root / ".ragline" / "mlflow.db"
    shutil.copyfile(empty_registry, database)
    restore_registry(connect(settings), settings)
    return settings


def test_a_bundle_answers_as_on_the_day_it_was_built(settings, monkeypatch):
    monkeypatch.setenv("RAGLINE__LAKE__URI", settings.lake.uri)  # the project was moved since
    model = mlflow.pyfunc.load_model(str(champion_folder(settings)))
    for recorded in recorded_answers(settings):
        hits = model.predict(pd.DataFrame({"query": [recorded["query"]]}), params={"k": 3, "mode": recorded["mode"]})
        found = [[chunk, score] for chunk, score in zip(hits["chunk_id"], hits["score"], strict=True)]
        assert [chunk for chunk, _ in found] == [chunk for chunk, _ in recorded["hits"]], recorded
        assert [score for _, score in found] == pytest.approx([score for _, score in recorded["hits"]], abs=1e-4)


def test_no_stage_has_anything_to_do(registered):
    for command, work in STAGES.items():
        manifest = execute(command.split()[0], registered, command.replace(" ", "-"), work)
        assert manifest.status == "nothing_to_do", f"{command}: {manifest.status}: {manifest.message}"
