"""Facts about ``chunks``, against the very version of ``documents`` they were made from."""

from ragline.contracts.tables import CHUNK_STATE, CHUNKS, DOCUMENT_STATE, DOCUMENTS, Table
from ragline.gates.baseline import find_baseline
from ragline.gates.cross_table_checks import LANGUAGE, OUTCOME, CrossTableCheck, TableRows, check_across_tables
from ragline.gates.drift import drift
from ragline.gates.fact_counts import FactCounts
from ragline.gates.facts import Facts, facts_from_counts
from ragline.gates.inspection import Inspection
from ragline.gates.row_checks import CheckRows
from ragline.gates.run_row_checks import check_rows
from ragline.gates.shares import shares
from ragline.gates.span_checks import CheckSpans
from ragline.lake.commits import CommitInfo
from ragline.lake.stored_rows import Range

_COUNTS = (
    *("rows", "rows_checked", "documents", "passages", "duplicate_keys", "orphans", "stale", "over_max_tokens"),
    *("documents_without_outcome", "miscounted_documents", "lost_documents"),
    *("invalid_spans", "span_mismatches", "broken_alignments"),
)
# So many tokens of chunks are held beside their documents at once. Documents are read in the order they are stored in: the
# fewer pieces, the fewer times their files are gone through.
_TOKENS_PER_READ = 1_600_000


def chunk_facts(inspection: Inspection) -> Facts:
    """Counts of what must not be, shares, and how far the shares are from those of the promoted version.

    Of all chunks, by ids and numbers alone: how many there are (``rows``), of how many ``documents``; which ids repeat, which
    chunks are of no document (``orphans``) or of one that changed since (``stale``), which have more tokens than
    ``preprocess.chunk.max_tokens``; which documents have no outcome, another number of chunks than their outcome says, or none
    (``lost_documents``). Of chunks that are new since the last check (``rows_checked``), with their texts: column rules and
    spans. What the shares are: ``shares``; what they are compared with: ``drift``.
    """
    commit = inspection.run.lake.last_commit(CHUNKS, at=inspection.version)
    source = commit.inputs.get(DOCUMENTS.name) if commit else None
    counts = _check_across_tables(inspection, commit, source)
    counts.merge(_check_rows(inspection, source).batch())
    inspection.run.read(DOCUMENTS, source, counts.count("documents"))
    details = {"languages": counts.by_prefix(LANGUAGE), "lost": counts.by_prefix(OUTCOME)}
    measured = shares(counts, details["languages"], details["lost"])
    before = find_baseline(inspection)
    inspection.run.manifest.facts["compared_with"] = before.described if before else None
    changes = drift(measured, details["languages"], before, commit.fingerprint if commit else "")
    return facts_from_counts(counts, [*_COUNTS, *inspection.counts], details, **measured, **changes)


def _check_rows(inspection: Inspection, source: int | None) -> FactCounts:
    lake = inspection.run.lake
    spans = CheckSpans(lake.table_uri(DOCUMENTS))
    rows_per_read = max(256, _TOKENS_PER_READ // inspection.run.settings.preprocess.chunk.max_tokens)
    work = CheckRows(CHUNKS, lake.table_uri(CHUNKS), inspection.rules, spans, rows_per_read)
    return check_rows(inspection, work, lake.version(DOCUMENTS) if source is None else source)


def _check_across_tables(inspection: Inspection, commit: CommitInfo | None, source: int | None) -> FactCounts:
    lake, version = inspection.run.lake, inspection.version
    tables = [TableRows(CHUNKS, version, Range(until=version)), TableRows(DOCUMENTS, source, Range(until=source))]
    for table in (DOCUMENT_STATE, CHUNK_STATE):
        recorded = _recorded(inspection, table, commit)
        if recorded is not None:
            inspection.run.read(table, recorded)
        tables.append(TableRows(table, recorded, Range(until=-1 if recorded is None else recorded)))
    made_of = {c.version: c.inputs[DOCUMENTS.name] for c in lake.commits(CHUNKS) if DOCUMENTS.name in c.inputs}
    limit = inspection.run.settings.preprocess.chunk.max_tokens
    return check_across_tables(inspection, tables, CrossTableCheck(limit, tuple(made_of.items())))


def _recorded(inspection: Inspection, table: Table, chunks: CommitInfo | None) -> int | None:
    """The version of a by-product that the run left which made the chunks: its commit names both versions."""
    if chunks is None:
        return None
    inputs = {**chunks.inputs, CHUNKS.name: chunks.version}
    found = (c for c in inspection.run.lake.commits(table) if c.inputs == inputs and c.fingerprint == chunks.fingerprint)
    return next((commit.version for commit in found), None)
