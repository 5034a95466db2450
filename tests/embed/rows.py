"""Published chunks, written by hand: what preprocess and the gate would have left."""

import pyarrow as pa

from ragline.contracts.chunk_text import encoder_input
from ragline.contracts.fingerprints import chunk_id, doc_id, text_hash
from ragline.contracts.tables import CHUNKS
from ragline.lake.commits import Commit
from ragline.lake.lake import Lake
from ragline.lake.publications import Publication, publish


def chunk_row(source_id: str, ordinal: int, text: str, title: str = "", heading_path: tuple[str, ...] = ()) -> dict[str, object]:
    document = doc_id("handbook", source_id)
    hashed = text_hash(encoder_input(title, heading_path, text))
    return {
        "chunk_id": chunk_id(document, hashed, 0),
        "doc_id": document,
        "source": "handbook",
        "source_id": source_id,
        "uri": f"file:///{source_id}",
        "title": title,
        "ordinal": ordinal,
        "text": text,
        "text_hash": hashed,
        "span_start": 0,
        "span_end": len(text),
        "alignment": [],
        "heading_path": list(heading_path),
        "page": None,
        "token_count": len(text.split()),
        "language": "en",
        "access_labels": [],
        "tenant": "",
        "seq": 0,
        "deleted": False,
    }


def publish_chunks(lake: Lake, rows: list[dict[str, object]], key: str = "chunks") -> int:
    table = pa.Table.from_pylist(rows, schema=CHUNKS.schema)
    version = lake.append(CHUNKS, table, Commit(key, "by-hand", {"documents": 0}))
    publish(lake, Publication("chunks", version, "by-hand", inputs={"documents": 0}))
    return version
