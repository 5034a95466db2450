"""Maintenance of a lake in an object store."""

from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest

from ragline.contracts.tables import DOCUMENTS
from ragline.errors import LakeError
from ragline.lake.files import list_files, write_bytes
from ragline.maintain.staging import remove_leftovers
from tests.integration.object_store import BUCKET, object_store
from tests.maintain.histories import History, run_maintain


def below(uri):
    return [name.removeprefix(f"{uri}/") for name in list_files(uri)]


def maintain_there(uri):
    """A deleted document, what is seen of it afterwards, how many files are left; and which stagings are left when."""
    history = History(uri)
    for changes in ({"a": True, "b": True}, {"b": True}, {"a": False}):
        history.write(changes)
    history.publish()
    run_maintain(history.lake, deleted=0)
    with pytest.raises(LakeError, match="Version 1 of table documents .* has expired"):
        history.seen(1, None)
    files = [name for name in below(history.lake.table_uri(DOCUMENTS)) if name.endswith(".parquet")]
    for name in ("ingest/run-1/a.json", "ingest/run-1/spool/b", "release-x/index.faiss"):
        write_bytes(f"{uri}/_staging/{name}", b"{}")
    later = [datetime.now(UTC) + timedelta(hours=hours) for hours in (100, 200)]
    removed = [(remove_leftovers(uri, 168, now), below(f"{uri}/_staging")) for now in later]
    return history.seen(2, None), [name for name in files if "checkpoint" not in name], removed


def test_rows_files_and_staging_go_there_as_on_a_disk(monkeypatch):
    with object_store() as (environment, _):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        # In a process of its own: the store is a thread of this one, and delta-rs does not let go of Python while it waits.
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            seen, files, removed = pool.submit(maintain_there, f"s3://{BUCKET}/lake").result()
    assert seen == {"b": "words 2 of b"}
    assert len(files) == 1
    assert removed == [(1, ["ingest/run-1/a.json", "ingest/run-1/spool/b"]), (1, [])]
