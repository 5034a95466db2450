import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from dulwich import porcelain
from dulwich.objects import Blob, Commit, Tree
from dulwich.pack import write_pack_index, write_pack_objects
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

from ragline.errors import ConfigError, SourceError
from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.job import Scope, ingest
from ragline.ingest.source import Listing
from ragline.ingest.sources.git.source import GitOptions, GitSource

ADA = b"Ada <ada@example.org>"


class Work:
    """A repository with a working tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repository = porcelain.init(str(folder))

    def commit(self, **files: str | None) -> str:
        """Write files (``None`` removes one) and commit; ``__`` in a name is a slash, ``_`` the dot before the suffix."""
        for name, text in files.items():
            path = "/".join(part.replace("_", ".") for part in name.split("__"))
            if text is None:
                porcelain.remove(self.repository, [str(self.folder / path)])
                continue
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text)
            porcelain.add(self.repository, [str(self.folder / path)])
        return porcelain.commit(self.repository, message=b"A change", author=ADA, committer=ADA).decode()


@pytest.fixture
def work(tmp_path) -> Work:
    made = Work(tmp_path / "work")
    made.commit(readme_md="# Hello", docs__guide_rst="Guide\n=====", docs__photo_png="png", _hidden__x_md="hidden")
    return made


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def remote(work) -> Iterator[str]:
    """The repository over HTTP; its URL."""
    backend = DictBackend({"/handbook.git": Repo(str(work.folder))})
    server = make_server("127.0.0.1", 0, make_wsgi_chain(backend), handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/handbook.git"
    server.shutdown()
    server.server_close()
    thread.join()


def source(url: object, root: Path = Path("/nowhere"), **options: object) -> GitSource:
    return pickle.loads(pickle.dumps(GitSource("code", GitOptions(url=str(url), **options), root)))


def items(made: GitSource) -> dict[str, Item]:
    return {item.source_id: item for item in made.items(Listing())}


def texts(made: GitSource, found: dict[str, Item]) -> dict[str, bytes]:
    return {item.source_id: opener().read() for item, opener in made.open_all(found.values())}


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


def test_a_branch_or_an_annotated_tag(work):
    porcelain.tag_create(work.repository, b"v1", message=b"One", author=ADA, annotated=True)
    porcelain.branch_create(work.repository, "draft")
    work.commit(readme_md="# Newer")
    for ref in ("v1", "draft"):
        made = source(work.folder, ref=ref)
        assert texts(made, items(made))["readme.md"] == b"# Hello"
    with pytest.raises(SourceError, match="has no branch or tag 'v9'; its branches are: draft, master"):
        items(source(work.folder, ref="v9"))


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


def test_a_remote_is_fetched_and_followed(work, remote, tmp_path):
    made = source(remote, tmp_path)
    found = items(made)
    assert texts(made, found)["readme.md"] == b"# Hello"
    assert found["readme.md"].uri == f"git+{remote}@HEAD#readme.md"
    commit = work.commit(readme_md="# Hello again")
    again = source(remote, tmp_path)
    assert texts(again, items(again))["readme.md"] == b"# Hello again"
    assert again.facts()["commit"] == commit


def test_a_remote_that_did_not_change_is_not_fetched_again(remote, tmp_path):
    for _ in range(2):
        assert len(items(source(remote, tmp_path))) == 3
        (copy,) = (tmp_path / ".ragline" / "git").iterdir()
        assert len(Repo(str(copy)).object_store.packs) == 1


def test_another_machine_fetches_for_itself(work, remote, tmp_path):
    found = items(source(remote, tmp_path / "driver"))
    assert texts(source(remote, tmp_path / "executor"), found)["docs/guide.rst"] == b"Guide\n====="


def test_a_remote_that_does_not_answer_or_lacks_the_branch(remote, tmp_path):
    with pytest.raises(SourceError, match="has no branch or tag 'nope'; its branches are: master"):
        items(source(remote, tmp_path, ref="nope"))
    with pytest.raises(SourceError, match="Cannot fetch HEAD of http://127.0.0.1:9/x.git"):
        items(source("http://127.0.0.1:9/x.git", tmp_path))


def test_what_was_rewritten_away_is_refused(work, remote, tmp_path):
    found = items(source(remote, tmp_path / "driver"))
    gone = {name: Item(name, "git+x#y", locator="0" * 40) for name in list(found)[:1]}
    with pytest.raises(ItemRefused) as refused:
        texts(source(remote, tmp_path / "executor"), gone)
    assert refused.value.reason == "changed_while_read"


def test_what_is_no_repository_is_said(tmp_path):
    with pytest.raises(ConfigError, match="'code': .* is not a git repository"):
        source(tmp_path).check()
    with pytest.raises(ValueError, match="it holds a password"):
        GitOptions(url="https://ada:secret@example.org/x.git")


def test_a_password_comes_from_the_environment(remote, tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="GIT_TOKEN .* is not set"):
        items(source(remote, tmp_path, username="ada", password_env="GIT_TOKEN"))
    monkeypatch.setenv("GIT_TOKEN", "t")
    assert "readme.md" in items(source(remote, tmp_path, username="ada", password_env="GIT_TOKEN"))


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


def test_a_repository_without_a_commit_stops_the_run(tmp_path):
    porcelain.init(str(tmp_path / "empty"))
    with pytest.raises(SourceError, match="has no branch yet: nothing was committed to it"):
        items(source(tmp_path / "empty"))


def test_a_shallow_clone_is_a_repository_like_any_other(work, remote, tmp_path):
    work.commit(readme_md="# Hello again")
    porcelain.clone(remote, str(tmp_path / "shallow"), depth=1, errstream=porcelain.NoneStream()).close()
    made = source(tmp_path / "shallow")
    assert texts(made, items(made))["readme.md"] == b"# Hello again"


def test_content_that_a_partial_clone_left_out_is_unreadable_for_now(work):
    readme = items(source(work.folder))["readme.md"]
    (Path(work.repository.object_store.path) / readme.locator[:2] / readme.locator[2:]).unlink()
    found = items(source(work.folder))
    assert found["readme.md"].size is None
    with pytest.raises(OSError, match="a partial clone"):
        source(work.folder).open(found["readme.md"])


def test_a_branch_that_was_rewritten_is_followed(work, remote, tmp_path):
    first = items(source(remote, tmp_path))
    commit = work.repository[work.repository.head()].copy()
    commit.parents, commit.message = [], b"Begun anew"
    work.repository.object_store.add_object(commit)
    work.repository.refs[b"refs/heads/master"] = commit.id
    work.commit(readme_md="# Another history")
    made = source(remote, tmp_path)
    found = items(made)
    assert texts(made, found)["readme.md"] == b"# Another history"
    assert found["docs/guide.rst"].change_marker == first["docs/guide.rst"].change_marker


def test_a_branch_that_was_deleted_stops_the_run(work, remote, tmp_path):
    porcelain.branch_create(work.repository, "draft")
    assert items(source(remote, tmp_path, ref="draft"))
    porcelain.branch_delete(work.repository, "draft")
    with pytest.raises(SourceError, match="has no branch or tag 'draft'; its branches are: master. Nothing of it was taken in"):
        items(source(remote, tmp_path, ref="draft"))
