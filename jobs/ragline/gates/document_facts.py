"""Facts about ``documents``."""

import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS
from ragline.gates.document_look import LookAtDocuments
from ragline.gates.facts import Facts, repeated_keys, tallied
from ragline.gates.inspection import Inspection
from ragline.gates.row_check import CheckRows
from ragline.gates.row_units import check_rows
from ragline.lake.stored_rows import Range, rows_here

_COUNTS = ("rows_checked", "blank_texts", "raw_characters")


def document_facts(inspection: Inspection) -> Facts:
    """Of all: how many there are (``rows``), which ids repeat. Of those that are new since the last check: which break a
    column's rule, which texts are blank or hold a NUL or a carriage return."""
    lake = inspection.run.lake
    work = CheckRows(DOCUMENTS, lake.table_uri(DOCUMENTS), inspection.rules, LookAtDocuments())
    tally = check_rows(inspection, work)
    rows = rows_here(lake, DOCUMENTS, ("doc_id",), inspection.version, Range(until=inspection.version))
    ids = rows.filter(pc.invert(rows["deleted"])).select(["doc_id"])
    tally.found("duplicate_keys", repeated_keys(ids))
    return tallied(tally, [*_COUNTS, *inspection.counts], rows=ids.num_rows)
