from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ragline.ingest.extract.parse.parsed import Parsed
from ragline.ingest.extract.part import Part
from ragline.ingest.item import Item, Refusal
from ragline.ingest.sources.folder import FolderOptions, FolderSource
from ragline.ingest.sync.rows import document_row, item_columns, part_columns, quarantine_row, row_hash

SOURCE = FolderSource("docs", FolderOptions(uri="x"), Path("/"), tenant="acme", access_labels=["staff"])
ITEM = Item("a.zip", "file:///x/a.zip", "application/zip")
PARSED = Parsed("Title", "Words.\n")
THEN, NOW = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


def test_an_item_has_tenant_and_labels_of_its_source_unless_it_has_its_own():
    assert (item_columns(SOURCE, ITEM)["tenant"], item_columns(SOURCE, ITEM)["access_labels"]) == ("acme", ["staff"])
    own = item_columns(SOURCE, replace(ITEM, tenant="", access_labels=()))
    assert (own["tenant"], own["access_labels"]) == ("", [])


@pytest.mark.parametrize(
    "change",
    [{"title": "T"}, {"tenant": "other"}, {"access_labels": ("hr",)}, {"metadata": {"a": 1}}, {"held_out_lines": ("a",)}],
)
def test_whatever_shapes_the_documents_is_in_the_metadata_hash(change):
    before, after = item_columns(SOURCE, ITEM), item_columns(SOURCE, replace(ITEM, **change))
    assert before["metadata_hash"] != after["metadata_hash"]
    moved = item_columns(SOURCE, replace(ITEM, change_marker="2", locator="elsewhere", size=3))
    assert before["metadata_hash"] == moved["metadata_hash"]


def test_a_part_has_an_id_and_an_address_below_its_item():
    columns = item_columns(SOURCE, ITEM)
    whole, inside = part_columns(columns, Part("", "", "0")), part_columns(columns, Part("b/c.md", "text/markdown", "0"))
    assert (whole["source_id"], whole["media_type"]) == ("a.zip", "application/zip")
    assert (inside["source_id"], inside["uri"]) == ("a.zip!/b/c.md", "file:///x/a.zip!/b/c.md")
    assert inside["doc_id"] != whole["doc_id"]


def test_what_the_source_says_wins_over_the_content():
    item = replace(ITEM, metadata={"language": "de"})
    parsed = replace(PARSED, metadata={"language": "en", "authors": ["A"]}, page_starts=(0,))
    row = document_row(part_columns(item_columns(SOURCE, item), Part("", "", "0")), item, "0", parsed, NOW)
    assert row["metadata"] == '{"authors": ["A"], "language": "de", "page_starts": [0]}'


def test_the_hash_of_a_row_does_not_depend_on_when_it_was_made():
    columns = part_columns(item_columns(SOURCE, ITEM), Part("", "", "0"))
    assert row_hash(document_row(columns, ITEM, "0", PARSED, THEN)) == row_hash(document_row(columns, ITEM, "0", PARSED, NOW))
    other = replace(PARSED, text="Other words.\n")
    assert row_hash(document_row(columns, ITEM, "0", PARSED, NOW)) != row_hash(document_row(columns, ITEM, "0", other, NOW))
    refusal = Refusal("encrypted", "A password.")
    assert row_hash(quarantine_row(columns, "0", refusal, THEN)) == row_hash(quarantine_row(columns, "0", refusal, NOW))
    assert row_hash(quarantine_row(columns, "0", refusal, NOW)) != row_hash(quarantine_row(columns, "1", refusal, NOW))
