import fsspec
import pytest

from ragline.ingest.item import ItemRefused
from tests.ingest.sources.folders import items, source


def test_a_file_that_changes_while_it_is_read_is_refused(folder):
    item = items(folder)["b.md"]
    with pytest.raises(ItemRefused) as refused, source(folder).open(item) as stream:
        stream.read(2)
        with (folder / "b.md").open("ab") as file:
            file.write(b" and more")
    assert refused.value.reason == "changed_while_read"


def test_a_file_that_is_replaced_while_it_is_read_is_read_as_it_was(folder):
    with source(folder).open(items(folder)["b.md"]) as stream:
        (folder / "new").write_text("another")
        (folder / "new").replace(folder / "b.md")
        assert stream.read() == b"text"


def test_an_object_that_changes_while_it_is_read_is_refused(bucket):
    root = f"s3://{bucket}/docs"
    item = items(root)["a b#1.md"]
    with pytest.raises(ItemRefused) as refused, source(root).open(item) as stream:
        assert stream.read() == b"alpha"
        fsspec.filesystem("s3", use_listings_cache=False).pipe(f"{bucket}/docs/a b#1.md", b"omega")
    assert refused.value.reason == "changed_while_read"
