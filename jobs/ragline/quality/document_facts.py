"""Facts about ``documents``."""

import pyarrow as pa
import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS
from ragline.quality.facts import Facts, counted, repeated_keys
from ragline.runtime.run import Run


def document_facts(run: Run, version: int) -> Facts:
    """How many there are; which ids repeat; which texts are blank or hold a NUL or a carriage return."""
    rows = run.lake.read(DOCUMENTS, version, columns=["doc_id", "text"])
    found = {
        "duplicate_keys": repeated_keys(rows.select(["doc_id"])),
        "blank_texts": _ids(rows, pc.equal(pc.utf8_trim_whitespace(rows["text"]), "")),
        "raw_characters": _ids(rows, pc.match_substring_regex(rows["text"], r"[\x00\r]")),
    }
    return counted(found, rows=rows.num_rows)


def _ids(rows: pa.Table, mask: pa.ChunkedArray) -> list[str]:
    found: list[str] = rows.filter(pc.fill_null(mask, True))["doc_id"].to_pylist()
    return found
