"""What is looked at in the texts of documents: whether they are blank, or hold characters that ingest takes out."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ragline.gates.row_check import Look
from ragline.gates.tally import Tally


@dataclass(frozen=True)
class LookAtDocuments:
    """Facts: ``blank_texts``, ``raw_characters``. A missing text is both."""

    columns: tuple[str, ...] = ("doc_id", "text")

    def __call__(self) -> Look:
        """Runs in executors, or here."""
        return _look


def _look(rows: pa.RecordBatch, documents: pa.RecordBatch, tally: Tally) -> None:
    blank = pc.equal(pc.utf8_trim_whitespace(rows["text"]), "")
    raw = pc.match_substring_regex(rows["text"], r"[\x00\r]")
    for fact, mask in (("blank_texts", blank), ("raw_characters", raw)):
        tally.found(fact, rows["doc_id"].filter(pc.fill_null(mask, True)))
