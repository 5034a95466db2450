"""A release of more text than one Arrow array of strings holds passes the gates, is built, opened and searched as a small one."""

from typing import TYPE_CHECKING

import pyarrow.compute as pc
import pytest

from ragline.gates.job import gate
from ragline.index.job import build_release
from ragline.registry.embedders import choose_embedder
from ragline.registry.registration import bundle_folder
from ragline.registry.releases import find_release
from ragline.retrieval.encoder import load_encoder
from ragline.retrieval.search import Searcher
from tests.index.large_tables import TOTAL, document_of, passage, write_large_tables
from tests.project import Project, write_small_model

if TYPE_CHECKING:
    from mlflow import MlflowClient


@pytest.mark.slow
def test_a_release_above_two_gibibytes_of_text_is_checked_built_and_searched(project: Project, client: "MlflowClient") -> None:
    write_small_model(project)
    project.configure(embedding={"model": "model"})
    settings = project.settings()
    encoder = load_encoder(choose_embedder(client, settings).folder, device="cpu")
    write_large_tables(project.lake, encoder)

    for table in ("documents", "chunks", "embeddings"):
        gated = project.run("gate", lambda run, table=table: gate(run, table))
        assert gated.status == "done", gated.message
    manifest = project.run("index", lambda run: build_release(run, chunks_version=None, embedder_version=None))

    assert manifest.status == "done", manifest.message
    assert manifest.counts["chunks"] == TOTAL
    searcher = Searcher.open(bundle_folder(client, settings, find_release(client, settings, None)), device="cpu")
    assert pc.sum(pc.binary_length(searcher.chunks["text"])).as_py() > 2**31
    last = passage(TOTAL - 1)
    # An encoder reads the beginning of a text: what stands at the end of the query is more than it takes.
    for mode, query in (("lexical", str(TOTAL - 1)), ("dense", last[:4000])):
        (hit,) = searcher.search(query, k=1, mode=mode)[0]
        assert (hit.text, hit.doc_id) == (last, document_of(TOTAL - 1)), mode
