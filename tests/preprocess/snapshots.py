"""The tables as they are after a run, so that many tests can look at one run. Scenarios stand side by side in one lake, each
under a tenant of its own: nothing of one is a copy of anything of another."""

from dataclasses import dataclass
from typing import Any

from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import CHUNKS, DOCUMENT_STATE, DUPLICATES, NEAR_PAIRS
from tests.preprocess.corpus import Corpus

Row = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """A run's manifest and the rows that count after it. A document's id is its tenant, a slash and its name."""

    manifest: RunManifest
    chunks: list[Row]
    documents: list[Row]
    duplicates: list[Row]
    pairs: int
    new_chunks: list[str]

    def chunks_of(self, tenant: str) -> list[Row]:
        return [row for row in self.chunks if _tenant(row) == tenant]

    def texts(self, tenant: str) -> list[str]:
        return sorted(row["text"] for row in self.chunks_of(tenant))

    def chunked(self, tenant: str) -> list[str]:
        """Names of the documents that have chunks."""
        return sorted({_name(row["doc_id"]) for row in self.chunks_of(tenant)})

    def decisions(self, tenant: str) -> dict[str, tuple[str, int]]:
        """By name of a document what was decided, and how many chunks it has."""
        rows = [row for row in self.documents if _tenant(row) == tenant]
        return {_name(row["doc_id"]): (row["outcome"], row["chunk_count"]) for row in rows}

    def copies(self, tenant: str) -> dict[str, tuple[str, str, float]]:
        """Of dropped documents: the kept one, the method, the score."""
        rows = [row for row in self.duplicates if _tenant(row) == tenant and row["level"] == "document"]
        return {_name(row["dropped_id"]): (_name(row["kept_id"]), row["method"], round(row["score"], 3)) for row in rows}

    def chunk_copies(self, tenant: str) -> list[Row]:
        return [row for row in self.duplicates if _tenant(row) == tenant and row["level"] == "chunk"]


def write(corpus: Corpus, tenant: str, texts: dict[str, str], **columns: Any) -> int:
    """Add or change documents of one scenario; its source is named as its tenant."""
    named = {f"{tenant}/{name}": text for name, text in texts.items()}
    return corpus.write(named, **{"source": tenant, "tenant": tenant, **columns})


def remove(corpus: Corpus, tenant: str, *names: str) -> None:
    corpus.remove(*(f"{tenant}/{name}" for name in names))


def process(corpus: Corpus, *overrides: str, **options: Any) -> Snapshot:
    """Run preprocess to its end, and look at what there is."""
    before = corpus.lake.version(CHUNKS)
    manifest = corpus.process(*overrides, **options)
    assert manifest.status == "done", manifest.message
    new = corpus.lake.read(CHUNKS, since=before or 0)
    return Snapshot(
        manifest,
        corpus.rows(CHUNKS),
        corpus.rows(DOCUMENT_STATE),
        corpus.rows(DUPLICATES),
        corpus.lake.read(NEAR_PAIRS).num_rows if corpus.lake.version(NEAR_PAIRS) is not None else 0,
        sorted(set(new["doc_id"].to_pylist())),
    )


def _tenant(row: Row) -> str:
    return str(row["doc_id"]).split("/")[0]


def _name(doc_id: str) -> str:
    return doc_id.split("/")[1]
