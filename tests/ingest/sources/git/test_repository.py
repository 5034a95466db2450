import socket

import pytest
from dulwich import porcelain
from dulwich.repo import Repo

from ragline.errors import ConfigError, SourceError
from ragline.ingest.sources.git import connections
from ragline.ingest.sources.git.source import GitOptions
from tests.ingest.sources.git.repositories import ADA, items, source, texts


def test_a_branch_or_an_annotated_tag(work):
    porcelain.tag_create(work.repository, b"v1", message=b"One", author=ADA, annotated=True)
    porcelain.branch_create(work.repository, "draft")
    work.commit(readme_md="# Newer")
    for ref in ("v1", "draft"):
        made = source(work.folder, ref=ref)
        assert texts(made, items(made))["readme.md"] == b"# Hello"
    with pytest.raises(SourceError, match="has no branch or tag 'v9'; its branches are: draft, master"):
        items(source(work.folder, ref="v9"))


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


def test_a_repository_without_a_commit_stops_the_run(tmp_path):
    porcelain.init(str(tmp_path / "empty"))
    with pytest.raises(SourceError, match="has no branch yet: nothing was committed to it"):
        items(source(tmp_path / "empty"))


def test_a_shallow_clone_is_a_repository_like_any_other(work, remote, tmp_path):
    work.commit(readme_md="# Hello again")
    porcelain.clone(remote, str(tmp_path / "shallow"), depth=1, errstream=porcelain.NoneStream()).close()
    made = source(tmp_path / "shallow")
    assert texts(made, items(made))["readme.md"] == b"# Hello again"


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


def test_a_remote_that_sends_more_than_it_may_is_left(remote, tmp_path):
    with pytest.raises(SourceError, match=r"sends more than 100 bytes \(max_fetch_bytes\)"):
        items(source(remote, tmp_path, max_fetch_bytes=100))
    assert len(items(source(remote, tmp_path))) == 3


def test_a_redirect_to_a_link_local_address_is_not_followed(site, tmp_path, monkeypatch):
    monkeypatch.setattr(connections, "is_never_read", lambda address: address == "127.0.0.2")
    metadata = socket.create_server(("127.0.0.2", 0))
    port = metadata.getsockname()[1]
    site.answer("/x.git/info/refs?service=git-upload-pack", 302, Location=f"http://127.0.0.2:{port}/x.git/info/refs")
    with pytest.raises(SourceError, match=r"The server is at 127\.0\.0\.2: link-local addresses"):
        items(source(f"{site.url}/x.git", tmp_path))
    metadata.settimeout(1)
    accepted, _ = metadata.accept()
    assert accepted.recv(100) == b""
    accepted.close()
    metadata.close()
