from pathlib import Path

import pytest
from dulwich import porcelain
from dulwich.objects import Blob, Commit, Tree

from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.job import Scope, ingest
from tests.ingest.sources.git.repositories import ADA, items, source, texts


def test_files_of_the_last_commit_and_nothing_hidden(work):
    (work.folder / "not-committed.md").write_text("x")
    made = source(work.folder)
    made.check()
    found = items(made)
    assert sorted(found) == ["docs/guide.rst", "docs/photo.png", "readme.md"]
    assert texts(made, found)["docs/guide.rst"] == b"Guide\n====="
    assert found["readme.md"].uri == f"git+file://{work.folder}@HEAD#readme.md"
    assert made.open(found["readme.md"]).read() == b"# Hello"


def test_the_marker_is_the_blob_so_that_only_changed_files_are_read(work):
    before = items(source(work.folder))
    work.commit(readme_md="# Hello again", docs__photo_png=None, new_txt="new")
    after = items(source(work.folder))
    assert sorted(after) == ["docs/guide.rst", "new.txt", "readme.md"]
    assert after["docs/guide.rst"] == before["docs/guide.rst"]
    assert after["readme.md"].change_marker != before["readme.md"].change_marker


def test_the_commit_is_a_fact_of_the_listing(work):
    commit = work.commit(readme_md="# Other")
    made = source(work.folder)
    assert made.facts() == {}
    items(made)
    assert made.facts() == {"ref": "HEAD", "commit": commit}


def test_include_and_rules(work):
    made = source(work.folder, include=["docs/"], exclude=["*.png"], rules=[{"match": "docs/", "access_labels": ["dev"]}])
    assert {name: item.access_labels for name, item in items(made).items()} == {"docs/guide.rst": ("dev",)}


def test_links_and_lfs_pointers_are_no_documents(work):
    (work.folder / "link.md").symlink_to("/etc/passwd")
    porcelain.add(work.repository, [str(work.folder / "link.md")])
    work.commit(big_pdf="version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")
    found = items(source(work.folder))
    assert found["link.md"].refusal.reason == "not_a_file"
    with pytest.raises(ItemRefused) as refused:
        source(work.folder).open(found["big.pdf"])
    assert refused.value.reason == "lfs_pointer"


def test_what_was_rewritten_away_is_refused(work, remote, tmp_path):
    found = items(source(remote, tmp_path / "driver"))
    gone = {name: Item(name, "git+x#y", locator="0" * 40) for name in list(found)[:1]}
    with pytest.raises(ItemRefused) as refused:
        texts(source(remote, tmp_path / "executor"), gone)
    assert refused.value.reason == "changed_while_read"


def test_a_file_that_is_too_large_is_refused_without_loading_it(project, work, monkeypatch):
    work.commit(big_txt="word " * 2000)
    big = items(source(work.folder))["big.txt"].locator.encode()
    store = type(work.repository.object_store)
    original = store.get_raw
    monkeypatch.setattr(store, "get_raw", lambda self, name: pytest.fail("loaded") if name == big else original(self, name))
    project.configure(sources=[{"name": "code", "type": "git", "url": str(work.folder), "max_bytes": 5000}])
    manifest = project.run("ingest", lambda run: ingest(run, Scope()))
    assert manifest.drops == {"too_large": 1}
    assert manifest.counts["new"] == 3


def test_a_name_that_is_no_utf8_can_be_listed_and_read(work):
    blob = Blob.from_string(b"# Caf\xc3\xa9")
    tree = Tree()
    tree.add(b"caf\xe9.md", 0o100644, blob.id)
    commit = Commit()
    commit.tree, commit.author, commit.committer, commit.message = tree.id, ADA, ADA, b"Latin"
    commit.author_time = commit.commit_time = commit.author_timezone = commit.commit_timezone = 0
    for made in (blob, tree, commit):
        work.repository.object_store.add_object(made)
    work.repository.refs[b"refs/heads/latin"] = commit.id
    found = items(source(work.folder, ref="latin"))
    assert list(found) == ["caf\\xe9.md"]
    assert source(work.folder).open(found["caf\\xe9.md"]).read() == b"# Caf\xc3\xa9"


def test_a_submodule_is_no_document(work):
    tree = work.repository[work.repository[work.repository.head()].tree]
    tree.add(b"vendored", 0o160000, b"1" * 40)
    work.repository.object_store.add_object(tree)
    commit = work.repository[work.repository.head()].copy()
    commit.tree = tree.id
    work.repository.object_store.add_object(commit)
    work.repository.refs[b"refs/heads/modules"] = commit.id
    assert items(source(work.folder, ref="modules"))["vendored"].refusal.reason == "not_a_file"


def test_content_that_a_partial_clone_left_out_is_unreadable_for_now(work):
    readme = items(source(work.folder))["readme.md"]
    (Path(work.repository.object_store.path) / readme.locator[:2] / readme.locator[2:]).unlink()
    found = items(source(work.folder))
    assert found["readme.md"].size is None
    with pytest.raises(OSError, match="a partial clone"):
        source(work.folder).open(found["readme.md"])
