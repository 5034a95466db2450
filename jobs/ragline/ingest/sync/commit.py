"""Commit what was staged: quarantine, documents, items, one Delta version of each."""

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
from ragline.ingest.sync.task_results import file_action
from ragline.lake.commits import Commit
from ragline.lake.files import open_filesystem
from ragline.lake.part_files import PartFile
from ragline.runtime.run import Run

log = logging.getLogger(__name__)

# Items last: what a kill in between leaves undone is read again, because no mark says that it need not be.
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
    done = Commit(key, run.run_id, fingerprint=config)
    for attempt in range(1, _ATTEMPTS + 1):
        if (found := run.lake.find_commit(table, key)) is not None:
            run.wrote(table, found.version)
            return
        base = run.lake.ensure(table)
        files = [action for source in staged for action in _files(run, table, source, base)]
        try:
            version = run.lake.write_files(table, files, done, base)
        except CommitConflict as conflict:
            if attempt == _ATTEMPTS:
                raise
            log.info("%s Trying again on top of it.", conflict)
            continue
        run.wrote(table, version, sum(_rows(source, table) for source in staged))
        return


def _files(run: Run, table: Table, staged: Staged, base: int) -> list[AddAction]:
    actions = [file_action(row) for row in staged.files if row["table"] == table.name]
    if staged.seq(table.name) == base + 1:
        return actions
    # Somebody committed since it was staged: the rows must say which version they really become part of.
    return [moved for action in actions if (moved := _restamp(run.lake.table_uri(table), table, action.path, base + 1))]


def _restamp(table_uri: str, table: Table, path: str, seq: int) -> AddAction | None:
    filesystem, folder = open_filesystem(table_uri)
    part = PartFile(table, table_uri, seq)
    with filesystem.open_input_file(f"{folder}/{path}") as stream:
        for batch in pq.ParquetFile(stream).iter_batches(1024):
            part.add(pa.Table.from_batches([batch]).drop_columns(["seq"]).to_pylist())
    return part.close()


def _rows(staged: Staged, table: Table) -> int:
    return sum(json.loads(row["stats"])["numRecords"] for row in staged.files if row["table"] == table.name)
