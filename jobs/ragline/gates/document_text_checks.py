"""Check the texts of documents: are they blank, or do they hold characters that ingest should have taken out?"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ragline.gates.fact_counts import FactCounts
from ragline.gates.row_checks import TextCheck


@dataclass(frozen=True)
class CheckDocumentTexts:
    """Facts: ``blank_texts``, ``raw_characters``. A missing text is both."""

    columns: tuple[str, ...] = ("doc_id", "text")

    def __call__(self) -> TextCheck:
        """Runs in executors, or here."""
        return _check_texts


def _check_texts(rows: pa.RecordBatch, documents: pa.RecordBatch, counts: FactCounts) -> None:
    blank = pc.equal(pc.utf8_trim_whitespace(rows["text"]), "")
    raw = pc.match_substring_regex(rows["text"], r"[\x00\r]")
    for fact, mask in (("blank_texts", blank), ("raw_characters", raw)):
        counts.add_rows(fact, rows["doc_id"].filter(pc.fill_null(mask, True)))
