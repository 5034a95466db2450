"""Which releases are their champion after changes at the sources that add no text, and are not measured for that."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ragline.contracts.fingerprints import chunk_id, doc_id, text_hash
from ragline.contracts.tables import CHUNKS, DOCUMENTS, QUARANTINE, Table
from ragline.evaluate.content_change import content_change
from ragline.evaluate.evaluated_release import EvaluatedRelease
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.retrieval.bundle import open_bundle
from ragline.retrieval.bundle_writer import write_bundle
from ragline.retrieval.chunk_store import in_row_order
from tests.retrieval.examples import manifest_of, table_of

# A document is its passages, one a line; each is a chunk.
Corpus = Mapping[str, Sequence[str]]
TEA = ("Green tea wants cooler water.", "Black tea wants boiling water.", "Herbal tea may steep for long.")
COFFEE = ("Grind the beans at once.",)
CORPUS: Corpus = {"tea": TEA, "coffee": COFFEE}


class Line:
    """Documents, chunks and releases of a corpus, without the jobs that make them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.releases = folder, 0
        self.lake = Lake(str(folder / "lake"))

    def release(
        self,
        corpus: Corpus,
        *,
        chunked: Corpus | None = None,
        ingest: str = "sources",
        preprocess: str = "chunker",
        **columns: Mapping[str, Any],
    ) -> EvaluatedRelease:
        """A release of the corpus. ``chunked``: what preprocess makes of it; ``columns``: labels or tenants by document."""
        documents = self._documents(corpus, ingest, columns)
        rows = table_of(CHUNKS, list(_chunks(corpus, corpus if chunked is None else chunked, columns)))
        version = self._append(CHUNKS, rows, preprocess, documents=documents)
        chunks = in_row_order(rows)
        self.releases += 1
        manifest = manifest_of(chunks, lake_uri=self.lake.uri)
        manifest = manifest.model_copy(update={"inputs": {"documents": documents, "chunks": version, "embeddings": 0}})
        embedder = self.folder / "embedder"
        embedder.mkdir(exist_ok=True)
        folder = self.folder / f"release{self.releases}"
        write_bundle(folder, manifest, chunks, np.eye(4, dtype=np.float32)[np.arange(chunks.num_rows) % 4], embedder)
        return EvaluatedRelease(self.releases, open_bundle(folder), {})

    def refuse(self, source_id: str) -> None:
        row = {"doc_id": doc_id("pages", source_id), "stage": "ingest", "reason": "too_large", "deleted": False}
        self._append(QUARANTINE, table_of(QUARANTINE, [row]), "")

    def _documents(self, corpus: Corpus, ingest: str, columns: Mapping[str, Mapping[str, Any]]) -> int:
        rows = [
            {
                "doc_id": doc_id("pages", name),
                "source": "pages",
                "source_id": name,
                "content_hash": text_hash(_text(passages)),
                "text": _text(passages),
                "deleted": False,
                **_of(name, columns),
            }
            for name, passages in corpus.items()
        ]
        there = self.lake.read(DOCUMENTS, columns=["doc_id"])["doc_id"].to_pylist()
        gone = [{"doc_id": name, "deleted": True} for name in set(there) - {row["doc_id"] for row in rows}]
        return self._append(DOCUMENTS, table_of(DOCUMENTS, [*rows, *gone]), ingest)

    def _append(self, table: Table, rows: pa.Table, fingerprint: str, **inputs: int) -> int:
        number = self.lake.version(table)
        return self.lake.append(table, rows, Commit(f"{table.name}-{number}", "maker", inputs, fingerprint))


def _text(passages: Sequence[str]) -> str:
    return "\n".join(passages)


def _of(name: str, columns: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {column: values[name] for column, values in columns.items() if name in values}


def _chunks(corpus: Corpus, chunked: Corpus, columns: Mapping[str, Mapping[str, Any]]) -> Any:
    for name, passages in chunked.items():
        for ordinal, passage in enumerate(passages):
            start = max(_text(corpus.get(name, passages)).find(passage), 0)
            yield {
                "chunk_id": chunk_id(doc_id("pages", name), text_hash(passage), 0),
                "doc_id": doc_id("pages", name),
                "source": "pages",
                "source_id": name,
                "ordinal": ordinal,
                "text": passage,
                "text_hash": text_hash(passage),
                "span_start": start,
                "span_end": start + len(passage),
                "deleted": False,
                **_of(name, columns),
            }


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)


def verdict(line: Line, release: EvaluatedRelease, champion: EvaluatedRelease) -> str:
    change = content_change(line.lake, release, champion)
    return "measured" if change is None else f"{change.verdict}: {change.reason}"


def without(champion: str) -> str:
    return f"it is the champion {champion}"


def test_a_release_without_a_deleted_document_only_deletes(line: Line) -> None:
    champion = line.release(CORPUS)
    release = line.release({"tea": TEA})
    assert verdict(line, release, champion) == "deletes_only: " + without("without 1 chunks of deleted or shortened documents")


def test_a_release_without_a_passage_that_was_cut_from_its_document_only_deletes(line: Line) -> None:
    champion = line.release(CORPUS)
    release = line.release({**CORPUS, "tea": TEA[1:]})
    assert verdict(line, release, champion).startswith("deletes_only")


@pytest.mark.parametrize(
    ("corpus", "how"),
    [
        pytest.param(CORPUS, {"chunked": {"coffee": COFFEE}}, id="a document is there but its chunks are not"),
        pytest.param({"tea": TEA}, {"preprocess": "harsher"}, id="the configuration of preprocess changed"),
        pytest.param({**CORPUS, "tea": TEA[1:]}, {"ingest": "fields.text"}, id="ingest reads less of a document"),
        pytest.param({**CORPUS, "tea": TEA[:2]}, {"chunked": {"coffee": COFFEE}}, id="the rest of a document is missing too"),
        pytest.param({**CORPUS, "tea": ("Green tea wants hot water.", *TEA[1:])}, {}, id="a passage is another one"),
        pytest.param({**CORPUS, "milk": ("Milk is white.",)}, {}, id="there is more"),
        pytest.param({"coffee": COFFEE, "milk": ("Milk is white.",)}, {}, id="a document went and another came"),
        pytest.param(CORPUS, {}, id="nothing changed"),
        pytest.param({**CORPUS, "copy": TEA}, {}, id="passages stand there twice"),
    ],
)
def test_what_the_sources_do_not_explain_is_measured(line: Line, corpus: Corpus, how: dict[str, Any]) -> None:
    champion = line.release(CORPUS)
    assert verdict(line, line.release(corpus, **how), champion) == "measured"


def test_a_release_of_older_documents_did_not_delete_what_came_later(line: Line) -> None:
    older = line.release({"tea": TEA})
    champion = line.release(CORPUS)
    assert verdict(line, older, champion) == "measured"


@pytest.mark.parametrize(("document", "refused"), [("tea", "tea"), ("mail!/tea", "mail"), ("a.zip!/b.zip!/tea", "a.zip!/b.zip")])
def test_a_document_that_is_refused_now_was_not_deleted(line: Line, document: str, refused: str) -> None:
    champion = line.release({document: TEA, "coffee": COFFEE})
    line.refuse(refused)
    assert verdict(line, line.release({"coffee": COFFEE}), champion) == "measured"


def test_a_version_that_is_gone_explains_nothing(line: Line) -> None:
    champion = line.release(CORPUS)
    release = line.release({"tea": TEA})
    for file in (line.folder / "lake" / "documents").glob("*.parquet"):
        file.unlink()  # what a vacuum does to versions that nothing pins
    assert verdict(line, release, champion) == "measured"


def test_a_renamed_folder_only_moves(line: Line) -> None:
    champion = line.release({"old/tea": TEA, "old/coffee": COFFEE})
    release = line.release({"new/tea": TEA, "new/coffee": COFFEE})
    assert verdict(line, release, champion) == "moves_only: " + without("with 4 chunks under other names")


def test_new_labels_and_tenants_only_relabel(line: Line) -> None:
    champion = line.release(CORPUS, access_labels={"tea": ["staff"]})
    release = line.release(CORPUS, access_labels={"tea": ["hr", "it"]}, tenant={"coffee": "north"})
    assert verdict(line, release, champion) == "moves_only: " + without("with other labels or tenants on 4 chunks")


def test_moves_with_new_labels_and_deletions_are_named_together(line: Line) -> None:
    champion = line.release({**CORPUS, "milk": ("Milk is white.",)})
    release = line.release({"black": COFFEE, "tea": TEA}, access_labels={"black": ["staff"], "tea": ["hr"]})
    assert verdict(line, release, champion) == "moves_only: " + without(
        "with 1 chunks under other names and with other labels or tenants on 3 chunks and without 1 chunks of deleted or "
        "shortened documents"
    )


def test_labels_that_no_document_has_are_no_change_at_the_source(line: Line) -> None:
    champion = line.release(CORPUS)
    release = line.release(CORPUS)
    labels = pa.array([["staff"]] * release.chunks.num_rows, pa.list_(pa.string()))
    place = release.chunks.schema.get_field_index("access_labels")
    chunks = release.chunks.set_column(place, "access_labels", labels)
    release.__dict__["chunks"] = chunks
    assert verdict(line, release, champion) == "measured"


def test_a_copy_that_stands_in_for_a_deleted_document_only_moves(line: Line) -> None:
    both = {"tea": TEA, "copy": TEA, "coffee": COFFEE}
    champion = line.release(both, chunked=CORPUS)
    release = line.release({"copy": TEA, "coffee": COFFEE})
    assert verdict(line, release, champion).startswith("moves_only")
