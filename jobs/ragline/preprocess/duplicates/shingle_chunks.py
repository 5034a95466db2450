"""The shingles of chunks, for those few that have to be compared exactly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ragline.preprocess.cut_documents import CutDocuments
from ragline.preprocess.document_work import Document
from ragline.preprocess.duplicates.exact import normal_hash, scope_of
from ragline.preprocess.duplicates.shingle_documents import SHINGLED
from ragline.preprocess.duplicates.shingles import normal_words, shingles


@dataclass(frozen=True)
class ShingleChunks:
    """Documents in; out the normal hash and the shingles of each of their chunks, as ``ShingleDocuments`` gives them."""

    work: CutDocuments
    schema: pa.Schema = SHINGLED

    @property
    def columns(self) -> Sequence[str]:
        """Of documents, as for cutting them."""
        return self.work.columns

    def __call__(self, batches: Iterator[list[Document]]) -> Iterator[pa.RecordBatch]:
        """Runs in executors."""
        for documents in batches:
            cut = ((document, self.work.cut_in_time(document)) for document in documents)
            rows = [self._shingled(document, row["text"]) for document, chunks in cut if chunks for row in chunks.rows]
            yield pa.RecordBatch.from_pylist(rows, schema=SHINGLED)

    def _shingled(self, document: Document, text: str) -> dict[str, object]:
        words = normal_words(text)
        found = np.unique(shingles(words, self.work.settings.deduplicate.shingle_words))
        scope = scope_of(document["tenant"], document["access_labels"])
        return {"normal_hash": normal_hash(words, scope), "shingles": found.tobytes()}
