import pytest

from ragline.ingest.item import Item, Refusal


@pytest.mark.parametrize(
    "item",
    [
        Item("a.md", "file:///a.md"),
        Item("a.md", "file:///a.md", access_labels=(), held_out_lines=("A summary.",), metadata={"year": 2024, "authors": ["A"]}),
        Item("caf\udce9.md", "x", "text/markdown", "etag:1", 7, "loc", "T", tenant="acme", access_labels=("hr", "it")),
        Item("leak.md", "file:///leak.md", refusal=Refusal("outside_folder", "It leads out.")),
    ],
)
def test_an_item_is_the_same_in_another_process(item):
    assert Item.from_json(item.to_json()) == item
    assert item.to_json().isascii()
