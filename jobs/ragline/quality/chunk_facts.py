"""Facts about ``chunks``, against the very version of ``documents`` they were made from."""

from collections.abc import Mapping
from typing import Any

import pyarrow.compute as pc

from ragline.contracts.tables import CHUNKS, DOCUMENTS
from ragline.quality.facts import Facts, counted, repeated_keys
from ragline.runtime.run import Run

_COLUMNS = ["chunk_id", "doc_id", "text", "span_start", "span_end", "alignment"]


def chunk_facts(run: Run, version: int) -> Facts:
    """How many there are; which ids repeat; which chunks have no document, a span outside of it, or another text.

    A span counts code points: 0 <= start < end <= length. Where nothing was cleaned (the alignment is null), the
    chunk's text is the document's text at its span.
    """
    commit = run.lake.last_commit(CHUNKS, at=version)
    source = commit.inputs.get(DOCUMENTS.name) if commit else None
    rows = run.lake.read(CHUNKS, version, columns=_COLUMNS)
    texts = _texts(run, source, rows["doc_id"].unique())
    run.read(DOCUMENTS, source, len(texts))
    found: dict[str, list[str]] = {"orphans": [], "invalid_spans": [], "span_mismatches": []}
    for batch in rows.to_batches(max_chunksize=4096):
        for chunk in batch.to_pylist():
            if problem := _problem(chunk, texts.get(chunk["doc_id"])):
                found[problem].append(chunk["chunk_id"])
    return counted({"duplicate_keys": repeated_keys(rows.select(["chunk_id"])), **found}, rows=rows.num_rows)


def _texts(run: Run, version: int | None, documents: Any) -> dict[str, str]:
    wanted = pc.field("doc_id").isin(documents)
    found = run.lake.read(DOCUMENTS, version, columns=["doc_id", "text"], filter=wanted)
    return dict(zip(found["doc_id"].to_pylist(), found["text"].to_pylist(), strict=True))


def _problem(chunk: Mapping[str, Any], text: str | None) -> str | None:
    start, end = chunk["span_start"], chunk["span_end"]
    if text is None:
        return "orphans"
    if start is None or end is None or not 0 <= start < end <= len(text):
        return "invalid_spans"
    if chunk["alignment"] is None and chunk["text"] != text[start:end]:
        return "span_mismatches"
    return None
