import pyarrow as pa
import pytest

from ragline.contracts.fingerprints import doc_id
from ragline.contracts.tables import DOCUMENTS, ITEMS, QUARANTINE
from ragline.ingest.sync.binding import bind
from ragline.ingest.sync.rows import row_hash

REFUSAL = {"stage": "ingest", "reason": "empty_document", "message": "It has no bytes.", "content_hash": "c"}


def table(spec, rows):
    return pa.Table.from_pylist(rows, schema=spec.schema)


def named(source_id, **columns):
    return {"doc_id": doc_id("docs", source_id), "source": "docs", "source_id": source_id, **columns}


def item(source_id, **parts):
    hashes = {"part_ids": [doc_id("docs", name) for name in parts.get("of", [source_id])], "part_hashes": parts["hashes"]}
    return named(source_id, change_marker="m", content_hash="c", metadata_hash="h", **hashes)


def bound(items, documents=(), quarantine=()):
    rows = bind(table(ITEMS, items), table(DOCUMENTS, documents), table(QUARANTINE, quarantine)).to_pylist()
    return {row["source_id"]: (row["change_marker"], row["content_hash"], row["part_hashes"]) for row in rows}


def test_an_item_counts_while_the_lake_holds_what_it_says():
    assert bound([item("a.md", hashes=["1"])], [named("a.md", row_hash="1")]) == {"a.md": ("m", "c", ["1"])}
    refused = row_hash(REFUSAL)
    assert bound([item("a.md", hashes=[refused])], quarantine=[named("a.md", **REFUSAL)]) == {"a.md": ("m", "c", [refused])}


def test_an_item_whose_document_is_another_one_is_to_be_read_and_the_hash_is_the_one_that_is_there():
    assert bound([item("a.md", hashes=["1"])], [named("a.md", row_hash="2")]) == {"a.md": ("", "", ["2"])}
    assert bound([item("a.md", hashes=["1"])]) == {"a.md": ("", "", [""])}


def test_one_part_that_differs_is_enough_and_only_its_item_is_read():
    items = [item("a.zip", of=["a.zip!/x", "a.zip!/y"], hashes=["1", "2"]), item("b.md", hashes=["3"])]
    documents = [named("a.zip!/x", row_hash="1"), named("a.zip!/y", row_hash="0"), named("b.md", row_hash="3")]
    assert bound(items, documents) == {"a.zip": ("", "", ["1", "0"]), "b.md": ("m", "c", ["3"])}


def test_a_document_that_is_refused_as_well_is_read_again():
    documents, refusals = [named("a.md", row_hash="1")], [named("a.md", **REFUSAL)]
    assert bound([item("a.md", hashes=["1"])], documents, refusals) == {"a.md": ("", "", ["1"])}


def test_documents_that_stand_twice_are_read_and_written_again():
    documents = [named("a.md", row_hash="1"), named("a.md", row_hash="1")]
    assert bound([item("a.md", hashes=["1"])], documents) == {"a.md": ("", "", [""])}


def test_what_no_item_names_belongs_to_the_item_that_it_is_of():
    documents = [named("a.zip!/x", row_hash="1"), named("b.zip!/c.zip!/y", row_hash="2")]
    assert bound([item("a.zip", of=[], hashes=[])], documents, [named("b.zip", **REFUSAL)]) == {
        "a.zip": ("", "", ["1"]),
        "b.zip": ("", "", ["2", row_hash(REFUSAL)]),
    }


def test_a_document_from_before_row_hashes_counts_by_the_hashes_that_it_has():
    same = named("a.md", content_hash="c", metadata_hash="h")
    assert bound([item("a.md", hashes=["1"])], [same]) == {"a.md": ("m", "c", ["1"])}
    for other in ({"content_hash": "other"}, {"metadata_hash": "other"}):
        assert bound([item("a.md", hashes=["1"])], [{**same, **other}]) == {"a.md": ("", "", [""])}
    member = named("a.zip!/x", content_hash="of the member", metadata_hash="h")
    assert bound([item("a.zip", of=["a.zip!/x"], hashes=["1"])], [member]) == {"a.zip": ("m", "c", ["1"])}


def test_an_empty_lake_binds_nothing():
    assert bound([]) == {}


def wide_ids(first: int) -> list[str]:
    """256 ids of 4 KiB."""
    return [str(number).zfill(4096) for number in range(first, first + 256)]


@pytest.mark.slow
def test_parts_with_more_than_two_gibibytes_of_ids_are_bound():
    pieces = [pa.array(wide_ids(256 * piece)) for piece in range(2100)]
    ids = pa.chunked_array(pieces)
    lists = [pa.ListArray.from_arrays(pa.array([0, 256], pa.int32()), piece) for piece in pieces]
    hashes = pa.array(["1"] * (len(ids) - 1) + ["2"])
    items = {
        **{name: [str(piece) for piece in range(2100)] for name in ("doc_id", "source_id", "content_hash", "metadata_hash")},
        "source": ["docs"] * 2100,
        "change_marker": ["m"] * 2100,
        "settings_hash": ["s"] * 2100,
        "part_ids": pa.chunked_array(lists),
        "part_hashes": [["1"] * 256] * 2100,
    }
    same = pa.array([""] * len(ids))
    documents = {
        "doc_id": ids,
        "row_hash": hashes,
        **dict.fromkeys(("source", "source_id", "content_hash", "metadata_hash"), same),
    }

    found = bind(pa.table(items), pa.table(documents), QUARANTINE.schema.empty_table())

    assert found.schema.field("part_hashes").type == pa.list_(pa.string())
    assert found["change_marker"].to_pylist() == ["m"] * 2099 + [""]
    assert found["part_hashes"][2099].as_py() == ["1"] * 255 + ["2"]
    assert found["part_ids"][2099].as_py() == wide_ids(256 * 2099)
