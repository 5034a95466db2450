"""Facts about ``documents``."""

import pyarrow.compute as pc

from ragline.contracts.tables import DOCUMENTS
from ragline.gates.document_text_checks import CheckDocumentTexts
from ragline.gates.facts import Facts, facts_from_counts, repeated_keys
from ragline.gates.inspection import Inspection
from ragline.gates.row_checks import CheckRows
from ragline.gates.run_row_checks import check_rows
from ragline.lake.stored_rows import Range, rows_here

_COUNTS = ("rows_checked", "blank_texts", "raw_characters")


def document_facts(inspection: Inspection) -> Facts:
    """Facts about all rows: how many there are (``rows``), which ids repeat. Facts about rows since the last check: which break a
    column's rule, which texts are blank or hold a NUL or a carriage return."""
    lake = inspection.run.lake
    work = CheckRows(DOCUMENTS, lake.table_uri(DOCUMENTS), inspection.rules, CheckDocumentTexts())
    counts = check_rows(inspection, work)
    rows = rows_here(lake, DOCUMENTS, ("doc_id",), inspection.version, Range(until=inspection.version))
    ids = rows.filter(pc.invert(rows["deleted"])).select(["doc_id"])
    counts.add_rows("duplicate_keys", repeated_keys(ids))
    return facts_from_counts(counts, [*_COUNTS, *inspection.counts], rows=ids.num_rows)
