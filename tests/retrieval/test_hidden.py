from typing import Any

import pytest

from ragline.contracts.tables import TOMBSTONES
from ragline.lake.tombstones import newest_tombstones
from ragline.retrieval.hidden import Hidden, HiddenSince
from tests.retrieval.examples import HANDBOOK, chunk_rows, table_of


def row(doc_id: str, version: int, seq: int = 0, **columns: Any) -> dict[str, Any]:
    return {"doc_id": doc_id, "documents_version": version, "seq": seq, "content": "c", "ended": False, **columns}


ROWS = [
    row("deleted", 5),
    row("before", 3),
    row("ended", 4),
    row("ended", 5, 1, ended=True),
    row("again", 4),
    row("again", 5, 1, ended=True),
    row("again", 6, 2),
    row("late", 6, 0),
    row("late", 5, 3, ended=True),
    row("begun again", 4, as_of=4),
    row("begun again", 4, 1, as_of=5, ended=True),
    row("begun again", 4, 2, as_of=6),
    row("ended of late", 7, 0, as_of=7),
    row("ended of late", 7, 1, as_of=8, ended=True),
    row("two contents", 4, content="x"),
    row("two contents", 5, content="y", ended=True),
    row("old code", 4, content=None, ended=None),
    row("changed", 4, kept_chunk_ids=["p", "q"]),
    row("changed", 5, kept_chunk_ids=["q"]),
]


@pytest.mark.parametrize("step", [1, 3, 100])
@pytest.mark.parametrize("backwards", [False, True])
def test_what_is_hidden_does_not_depend_on_how_rows_come(step: int, backwards: bool) -> None:
    since, rows, hidden = HiddenSince(3), ROWS[::-1] if backwards else ROWS, Hidden()
    for start in range(0, len(rows), step):
        hidden = since.add(table_of(TOMBSTONES, rows[start : start + step]))
    assert hidden.documents == {"deleted", "again", "late", "begun again", "two contents", "old code"}
    assert hidden.kept == {"changed": {"q"}}


def test_the_lake_reads_the_same_rows_in_the_same_way() -> None:
    rows = newest_tombstones(table_of(TOMBSTONES, ROWS)).to_pylist()
    live = {r["doc_id"] for r in rows if r["kept_chunk_ids"] is None and not r["ended"] and r["documents_version"] > 3}
    assert live == HiddenSince(3).add(table_of(TOMBSTONES, ROWS)).documents


def test_rows_of_deleted_documents_and_of_withdrawn_passages_are_masked() -> None:
    chunks = chunk_rows(HANDBOOK)
    ids, documents = chunks["chunk_id"].to_pylist(), chunks["doc_id"].to_pylist()
    stays = documents.index("coffee") + 1
    mask = Hidden(frozenset({"vpn"}), {"coffee": frozenset({ids[stays]})}).rows(chunks)
    assert mask is not None
    expected = [name == "vpn" or (name == "coffee" and place != stays) for place, name in enumerate(documents)]
    assert mask.tolist() == expected


def test_nothing_hidden_is_no_mask() -> None:
    assert Hidden().rows(chunk_rows(HANDBOOK)) is None
    assert Hidden(frozenset({"elsewhere"})).rows(chunk_rows(HANDBOOK)) is None
