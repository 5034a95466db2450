"""Random histories: whatever is written, published, read and released between, maintenance changes nothing that anybody sees."""

import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragline.contracts.tables import CHUNKS, DOCUMENTS
from ragline.errors import NothingToDo
from ragline.lake.kept_releases import kept_releases
from ragline.lake.lake import Lake
from ragline.lake.retention import deleted_documents
from ragline.maintain.counting_rows import counting_rows
from ragline.maintain.read_points import read_points
from ragline.maintain.rewrite import read_columns
from tests.maintain.histories import History, run_maintain, stored_text

changes = st.dictionaries(st.sampled_from("abc"), st.sampled_from([True, True, False]), min_size=1, max_size=2)
writes = st.tuples(st.just("write"), changes)
steps = st.lists(
    st.one_of(
        writes,
        writes,
        st.tuples(st.just("publish"), st.none()),
        st.tuples(st.just("consume"), st.sampled_from([False, False, True])),
        st.tuples(st.just("release"), st.none()),
        st.tuples(st.just("expire"), st.none()),
        st.tuples(st.just("maintain"), st.sampled_from([0.01, 0.4])),
    ),
    min_size=6,
    max_size=14,
)


def do(history: History, step: str, value: object) -> None:
    if step == "maintain":
        with suppress(NothingToDo):
            run_maintain(history.lake, dead_share=value, deleted=500)
        return
    arguments = () if value is None else (value,)
    getattr(history, step)(*arguments)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_maintenance_changes_nothing_that_readers_and_incremental_consumers_see(steps):
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "lake")
        chunks = {}
        for step, value in steps:
            do(history, step, value)
            if step == "consume" and (last := history.lake.last_commit(CHUNKS)) is not None:
                chunks[last.version] = texts(history.lake, last.version)
            if step == "maintain":
                check(history, chunks)


def check(history: History, chunks: dict[int, list[str]]) -> None:
    for version in history.read_versions():
        rows = history.lake.read(DOCUMENTS, version, ["doc_id", "text"]).to_pylist()
        assert {row["doc_id"]: row["text"] for row in rows} == history.documents[version]
    for version in versions_of_chunks(history.lake):
        assert texts(history.lake, version) == chunks[version]


def texts(lake: Lake, version: int) -> list[str]:
    return sorted(lake.read(CHUNKS, version, ["text"])["text"].to_pylist())


def versions_of_chunks(lake: Lake) -> list[int]:
    last = lake.last_commit(CHUNKS)
    return [*([last.version] if last else []), *(release.inputs[CHUNKS.name] for release in kept_releases(lake))]


@settings(max_examples=15, deadline=None)
@given(steps)
def test_after_its_deadline_no_file_holds_a_deleted_document_and_consumers_still_learn_of_the_deletion(steps):
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "lake")
        for step, value in steps:
            do(history, step, value)
        gone = set(deleted_documents(history.lake)["doc_id"].to_pylist())
        while history.expire():
            pass
        with suppress(NothingToDo):
            run_maintain(history.lake, deleted=0)
        written = stored_text(Path(folder))
        for name in gone:
            assert f"of {name}" not in written
            assert f"{name}.md" not in written
        newest = history.documents[max(history.documents)] if history.documents else {}
        assert {row["doc_id"]: row["text"] for row in history.lake.read(DOCUMENTS).to_pylist()} == newest
        history.publish()
        history.consume(False)  # asserts what it sees of changes


@pytest.mark.parametrize("rows_at_once", [1, 3, 7])
def test_a_long_table_is_judged_in_parts_as_in_one(tmp_path, rows_at_once):
    history = History(tmp_path / "lake")
    for names in ("abcdef", "ace", "bf", "a"):
        history.write({name: name != "f" or names == "abcdef" for name in names})
    history.publish()
    history.consume(False)

    def judged(rows):
        read = partial(read_columns, DOCUMENTS, history.lake.table_uri(DOCUMENTS))
        points = read_points(history.lake, datetime.now(UTC))["documents"]
        found = counting_rows(DOCUMENTS, history.lake.files(DOCUMENTS), read, points, pa.array([], pa.string()), rows)
        return [(file.file.path, file.count.tolist()) for file in found]

    assert judged(rows_at_once) == judged(100)
    assert sum(sum(count) for _, count in judged(100)) < 12
