"""Commit the staged files of all sources: one Delta version each of quarantine, documents and items."""

import json
import logging
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from ragline.contracts.fingerprints import commit_key
from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE, Table
from ragline.errors import CommitConflict
from ragline.ingest.sync.staged import Staged
from ragline.lake.commits import Commit
from ragline.lake.file_rows import file_action
from ragline.lake.files import open_filesystem
from ragline.lake.part_files import PartFile
from ragline.runtime.run import Run

log = logging.getLogger(__name__)

# Items last: after a kill in between, an item without its new change marker is read again. The other way round, the marker
# would say that its documents are there.
ORDER = (QUARANTINE, DOCUMENTS, ITEMS)
_ATTEMPTS = 20


def commit(run: Run, staged: Sequence[Staged], config: str) -> None:
    """Commit the files of all staged sources together.

    Raises:
        CommitConflict: other runs kept committing first.
    """
    for table in ORDER:
        if any(row["table"] == table.name for source in staged for row in source.files):
            _commit_table(run, table, staged, config)


def _commit_table(run: Run, table: Table, staged: Sequence[Staged], config: str) -> None:
    key = commit_key("ingest", table.name, {source.source: source.key() for source in staged}, config)
    commit_info = Commit(key, run.run_id, fingerprint=config)
    for attempt in range(1, _ATTEMPTS + 1):
        if (found := run.lake.find_commit(table, key)) is not None:
            run.wrote(table, found.version)
            return
        base = run.lake.ensure(table)
        files = [action for source in staged for action in _files(run, table, source, base)]
        try:
            version = run.lake.write_files(table, files, commit_info, base)
        except CommitConflict as conflict:
            if attempt == _ATTEMPTS:
                raise
            log.info("%s Trying again on top of it.", conflict)
            continue  # of two runs that wrote the same, the second one now finds the first one's key
        run.wrote(table, version, sum(_row_count(source, table) for source in staged))
        return


def _files(run: Run, table: Table, staged: Staged, base: int) -> list[AddAction]:
    actions = [file_action(row) for row in staged.files if row["table"] == table.name]
    if staged.seq(table.name) == base + 1:
        return actions
    # Another commit came after staging. ``seq`` decides which of the rows of one key is the newest, so the rows are rewritten
    # with the version that they really become part of.
    table_uri = run.lake.table_uri(table)
    return [rewritten for action in actions if (rewritten := _rewrite(table_uri, table, action.path, base + 1))]


def _rewrite(table_uri: str, table: Table, path: str, seq: int) -> AddAction | None:
    filesystem, folder = open_filesystem(table_uri)
    part = PartFile(table, table_uri, seq)
    with filesystem.open_input_file(f"{folder}/{path}") as stream:
        for batch in pq.ParquetFile(stream).iter_batches(1024):
            part.add(pa.Table.from_batches([batch]).drop_columns(["seq"]).to_pylist())
    return part.close()


def _row_count(staged: Staged, table: Table) -> int:
    return sum(json.loads(row["stats"])["numRecords"] for row in staged.files if row["table"] == table.name)
