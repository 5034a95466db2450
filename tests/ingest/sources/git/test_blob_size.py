from pathlib import Path

import pytest
from dulwich.pack import write_pack_index, write_pack_objects

from ragline.ingest.source import Listing
from tests.ingest.sources.git.repositories import Work, items, source


def packed(work: Work, *, deltify: bool) -> None:
    """Put every object into one pack, as ``git gc`` does."""
    store = work.repository.object_store
    names = list(store)
    folder = Path(store.pack_dir)
    folder.mkdir(exist_ok=True)
    with (folder / "pack-all.pack").open("wb") as sink:
        entries, checksum = write_pack_objects(
            sink.write, [store[sha] for sha in names], object_format=store.object_format, deltify=deltify
        )
    with (folder / "pack-all.idx").open("wb") as sink:
        write_pack_index(sink, sorted((sha, *rest) for sha, rest in entries.items()), checksum)
    for sha in names:
        (Path(store.path) / sha.decode()[:2] / sha.decode()[2:]).unlink()


@pytest.mark.parametrize("form", ["loose", "packed", "deltas"])
def test_the_size_of_a_file_is_known_without_reading_it(work, form):
    text = "\n".join(f"Line {number}." for number in range(20_000))
    work.commit(log_txt=text)
    work.commit(log_txt=text + "More.")
    if form != "loose":
        packed(work, deltify=form == "deltas")
    found = items(source(work.folder))
    assert {name: item.size for name, item in found.items()} == {
        "readme.md": 7,
        "docs/guide.rst": 11,
        "docs/photo.png": 3,
        "log.txt": len(text) + 5,
    }
    assert source(work.folder).open(found["log.txt"]).read() == (text + "More.").encode()


def test_nobody_asks_for_the_size_of_what_did_not_change(work):
    known = {name: item.change_marker for name, item in items(source(work.folder)).items()}
    work.commit(new_txt="new")
    found = {item.source_id: item.size for item in source(work.folder).items(Listing(known))}
    assert found == {"docs/guide.rst": None, "docs/photo.png": None, "readme.md": None, "new.txt": 3}
