"""A lake with documents written straight into it, and preprocess run on them."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from ragline.contracts.run_manifest import RunManifest
from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS, DUPLICATES, Table
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.publications import Publication, publish
from ragline.preprocess.job import preprocess
from tests.project import Project


class Corpus:
    """Documents by short ids, changed by ``write`` and ``remove``, processed by ``process``."""

    def __init__(self, project: Project):
        self.project = project
        self.lake: Lake = project.lake
        self._commits = 0

    def write(self, texts: Mapping[str, str], **columns: Any) -> int:
        """Add or change documents; publish the new version and return it."""
        return self._commit([document(doc_id, text, **columns) for doc_id, text in texts.items()])

    def remove(self, *doc_ids: str) -> int:
        return self._commit([{"doc_id": doc_id, "deleted": True} for doc_id in doc_ids])

    def _commit(self, rows: list[dict[str, Any]]) -> int:
        self._commits += 1
        table = pa.Table.from_pylist(rows, schema=DOCUMENTS.schema)
        version = self.lake.write(DOCUMENTS, table, Commit(f"write {self._commits}", "test"), self.lake.version(DOCUMENTS))
        publish(self.lake, Publication("documents", version, "test"))
        return version

    def process(self, *overrides: str, version: int | None = None, full: bool = False) -> RunManifest:
        return self.project.run(
            "preprocess", lambda run: preprocess(run, documents_version=version, full_refresh=full), *overrides
        )

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """The rows that count, without ``seq``, in a fixed order."""
        rows = self.lake.read(table).drop_columns(["seq"]).to_pylist()
        return sorted(rows, key=repr)

    def tables(self) -> list[list[dict[str, Any]]]:
        return [self.rows(table) for table in (CHUNKS, DOCUMENT_STATE, CHUNK_STATE, DUPLICATES)]

    def chunked(self) -> list[str]:
        """The documents that have chunks."""
        return sorted({row["doc_id"] for row in self.rows(CHUNKS)})

    def copies(self) -> dict[str, str]:
        """Of documents: dropped and kept."""
        return {row["dropped_id"]: row["kept_id"] for row in self.rows(DUPLICATES) if row["level"] == "document"}


def document(doc_id: str, text: str, **columns: Any) -> dict[str, Any]:
    """A row of ``documents``."""
    base = {"source": "s", "source_id": doc_id, "uri": f"file:///{doc_id}", "title": "", "access_labels": [], "tenant": ""}
    return {"doc_id": doc_id, "text": text, "deleted": False, **base, **columns}
