"""The shingles of documents, for those few that have to be compared exactly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ragline.config.preprocess import PreprocessSettings
from ragline.preprocess.boilerplate_blocks import BlockHashes
from ragline.preprocess.cleaning.clean import clean
from ragline.preprocess.document_work import Document, in_time
from ragline.preprocess.duplicates.exact import normal_hash, scope_of
from ragline.preprocess.duplicates.shingles import normal_words, shingles

SHINGLED = pa.schema([("normal_hash", pa.string()), ("shingles", pa.binary())])


@dataclass(frozen=True)
class ShingleDocuments:
    """Documents in; out their normal hash and the sorted distinct hashes of their shingles (64 bits each, little-endian)."""

    settings: PreprocessSettings
    boilerplate: BlockHashes = field(default_factory=dict)
    columns: Sequence[str] = ("source", "text", "tenant", "access_labels")
    schema: pa.Schema = SHINGLED

    def __call__(self, batches: Iterator[list[Document]]) -> Iterator[pa.RecordBatch]:
        """Runs in executors."""
        for documents in batches:
            read = (in_time(self.settings.seconds_per_document, self._shingled, document) for document in documents)
            rows = [{"normal_hash": found[0], "shingles": found[1]} for found in read if found]
            yield pa.RecordBatch.from_pylist(rows, schema=SHINGLED)

    def _shingled(self, document: Document) -> tuple[str, bytes]:
        text = clean(document["text"] or "", self.boilerplate.get(document["source"], frozenset())).text
        words = normal_words(text)
        found = np.unique(shingles(words, self.settings.deduplicate.shingle_words))
        return normal_hash(words, scope_of(document["tenant"], document["access_labels"])), found.tobytes()
