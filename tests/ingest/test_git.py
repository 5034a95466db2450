import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from dulwich import porcelain
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

from ragline.errors import ConfigError, SourceError
from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.source import Listing
from ragline.ingest.sources.git import GitOptions, GitSource

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
    with pytest.raises(SourceError, match="has no branch or tag 'v9'"):
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
