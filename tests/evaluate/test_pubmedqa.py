"""A known corpus comes out near its known figures."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragline.index.job import build_release
from tests.evaluate.handbook import Handbook, run_evaluate, write_handbook
from tests.places import REPOSITORY
from tests.project import Project

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from ragline.retrieval.encoder import Encoder

BEIR = REPOSITORY.parent / "shared" / "data" / "beir_pubmedqa"
EVERY = 10


@pytest.fixture
def judgments(tmp_path: Path) -> Path:
    """The judgments, under the ids that ``write_handbook`` gives."""
    folder = tmp_path / "judgments"
    (folder / "qrels").mkdir(parents=True)
    (folder / "queries.jsonl").write_text((BEIR / "queries.jsonl").read_text())
    header, *lines = (BEIR / "qrels" / "test.tsv").read_text().splitlines()
    judged = (line.split("\t") for line in lines)
    (folder / "qrels" / "test.tsv").write_text("\n".join([header, *(f"{q}\t{d}.md\t{s}" for q, d, s in judged)]) + "\n")
    return folder


@pytest.mark.shared_data
@pytest.mark.skipif(not BEIR.is_dir(), reason="the development corpora are not here")
def test_whole_abstracts_score_as_the_corpus_says(
    project: Project, client: "MlflowClient", minilm: "Encoder", judgments: Path
) -> None:
    records = [json.loads(line) for line in (BEIR / "corpus.jsonl").read_text().splitlines()][::EVERY]
    abstracts: Handbook = {record["_id"]: ("", record["text"]) for record in records}
    write_handbook(project.lake, abstracts, minilm, "pubmedqa")
    project.run("index", partial(build_release, chunks_version=None, embedder_version=None))
    manifest = run_evaluate(project, judgments=judgments)
    assert manifest.counts["queries"] == 100
    assert manifest.drops == {"not_in_both_releases": 900}
    figures = {mode: values["nDCG@10"] for mode, values in manifest.facts["modes"].items()}
    # All 1000 abstracts: dense .984, BM25 .971. A tenth of them is easier.
    assert figures["dense"] > 0.98
    assert figures["lexical"] > 0.97
    assert figures["fused"] > 0.98
