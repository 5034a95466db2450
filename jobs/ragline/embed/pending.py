"""Find the texts of the published chunks that have no vector yet."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.chunk_text import encoder_input
from ragline.contracts.fingerprints import text_hash
from ragline.contracts.tables import CHUNKS, EMBEDDINGS
from ragline.errors import MissingInput
from ragline.lake.lake import Lake
from ragline.lake.large_columns import distinct, is_among, sort_rows


@dataclass(frozen=True)
class Pending:
    """The hashes of texts without a vector, and the number of distinct texts that have one already."""

    hashes: pa.Array
    reused: int


def known_models(lake: Lake) -> set[str]:
    """Get the fingerprints of all models that the lake holds vectors of."""
    return set(pc.unique(lake.read(EMBEDDINGS, columns=["model_fingerprint"])["model_fingerprint"]).to_pylist())


def pending_texts(lake: Lake, chunks_version: int, fingerprint: str) -> Pending:
    """Find the distinct texts of the chunks that have no vector of this model. Only hashes are read, no texts and no vectors."""
    wanted = distinct(lake.read(CHUNKS, chunks_version, columns=["text_hash"])["text_hash"])
    embedded = lake.read(EMBEDDINGS, columns=["text_hash"], filter=pc.field("model_fingerprint") == fingerprint)
    there = is_among(wanted, embedded["text_hash"])
    hashes = wanted.filter(pc.invert(there))
    return Pending(hashes, reused=len(wanted) - len(hashes))


def encoder_inputs(lake: Lake, chunks_version: int, hashes: pa.Array, *, heading_prefix: bool) -> pa.Table:
    """Get the encoder input of each hash: columns ``text_hash`` and ``text``, longest first, ties by hash.

    Longest first, so that texts of a batch are of similar length and little of it is padding.

    Raises:
        MissingInput: a chunk's text has another hash than the one stored beside it.
    """
    # The row of an earlier version of a document will do as well: equal hashes are equal inputs.
    scanner = lake.dataset(CHUNKS, chunks_version).scanner(
        columns=["text_hash", "title", "heading_path", "text"], filter=pc.field("text_hash").isin(hashes)
    )
    texts: dict[str, str] = {}
    for batch in scanner.to_batches():
        for row in batch.to_pylist():
            if row["text_hash"] not in texts:
                texts[row["text_hash"]] = _checked_input(row, heading_prefix)
    table = pa.table({"text_hash": list(texts), "text": list(texts.values())}, schema=_INPUTS)
    lengths = table.append_column("length", pc.utf8_length(table["text"]))
    return sort_rows(lengths, ("length", "descending"), ("text_hash", "ascending")).drop_columns(["length"])


_INPUTS = pa.schema([("text_hash", pa.string()), ("text", pa.string())])


def _checked_input(row: dict[str, Any], heading_prefix: bool) -> str:
    text = encoder_input(row["title"] or "", row["heading_path"] or [], row["text"], heading_prefix=heading_prefix)
    if text_hash(text) != row["text_hash"]:
        raise MissingInput(
            f"The chunk text with hash {row['text_hash']} is not what it was hashed from: the chunks were made with another "
            f"preprocess.chunk.heading_prefix than {heading_prefix}. Run 'ragline preprocess' and 'ragline gate chunks' again."
        )
    return text
