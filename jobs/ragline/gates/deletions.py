"""Deletions that become public: rows of ``tombstones``, which every search obeys at once."""

import pyarrow as pa

from ragline.contracts.fingerprints import commit_key
from ragline.contracts.tables import DOCUMENTS, TOMBSTONES
from ragline.lake.commits import Commit
from ragline.runtime.run import Run


def write_tombstones(run: Run, version: int, published: int) -> int:
    """Record the documents deleted after version ``published`` and still gone at ``version``; return how many.

    Written before the version is published, and once, however often the gate is run: a search that sees the publication
    sees the deletions.
    """
    columns = ["doc_id", "deleted_at", "deleted"]
    rows = run.lake.read(DOCUMENTS, version, columns=columns, since=published, with_deleted=True).to_pylist()
    gone = [{**row, "documents_version": version, "reason": "deleted"} for row in rows if row.pop("deleted")]
    if not gone:
        return 0
    schema = pa.schema([field for field in TOMBSTONES.schema if field.name != "seq"])
    key = commit_key(run.job, TOMBSTONES.name, {"documents": version, "published": published}, "")
    commit = Commit(key, run.run_id, {DOCUMENTS.name: version})
    run.lake.ensure(TOMBSTONES)  # a table that older code made lacks columns
    written = run.lake.append(TOMBSTONES, pa.Table.from_pylist(gone, schema=schema), commit)
    run.wrote(TOMBSTONES, written, len(gone))
    return len(gone)
