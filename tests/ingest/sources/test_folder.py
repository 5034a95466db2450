import os
import pickle
import uuid
from pathlib import Path

import fsspec
import pytest

from ragline.errors import ConfigError, SourceError
from ragline.ingest.item import Item, ItemRefused
from ragline.ingest.source import Listing
from ragline.ingest.sources.folder import FolderOptions, FolderSource


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "docs"
    for name in ("b.md", "a/x.rst", "a/deep/y.txt", "drafts/z.md", ".hidden/h.md", ".h.md", "page.html", "photo.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("text")
    return root


def source(uri: Path | str, **options: object) -> FolderSource:
    made = FolderSource("docs", FolderOptions(uri=str(uri), **options), Path("/"))
    return pickle.loads(pickle.dumps(made))


def items(uri: Path | str, **options: object) -> dict[str, Item]:
    return {item.source_id: item for item in source(uri, **options).items(Listing())}


def listed(uri: Path | str, **options: object) -> list[str]:
    return list(items(uri, **options))


def read(uri: Path | str, item: Item) -> bytes:
    with source(uri).open(item) as stream:
        return stream.read()


def test_every_file_by_default_and_nothing_hidden(folder):
    assert listed(folder) == ["b.md", "page.html", "photo.png", "a/x.rst", "a/deep/y.txt", "drafts/z.md"]


def test_patterns_are_those_of_gitignore(folder):
    assert listed(folder, include=["**/*.md"], exclude=["drafts/"]) == [".h.md", "b.md", ".hidden/h.md"]
    assert listed(folder, include=["a/**"]) == ["a/x.rst", "a/deep/y.txt"]


def test_the_last_rule_that_matches_gives_tenant_and_labels(folder):
    rules = [
        {"match": "*", "access_labels": ["staff"]},
        {"match": ["a/**", "!a/deep/**"], "access_labels": ["hr"], "tenant": "acme"},
        {"match": "page.html", "access_labels": []},
    ]
    found = {name: (item.tenant, item.access_labels) for name, item in items(folder, rules=rules).items()}
    assert found["b.md"] == (None, ("staff",))
    assert found["a/x.rst"] == ("acme", ("hr",))
    assert found["a/deep/y.txt"] == (None, ("staff",))
    assert found["page.html"] == (None, ())


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_followed(folder, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "others").mkdir()
    (folder / "leak.md").symlink_to(tmp_path / "secret.md")
    (folder / "linked").symlink_to(tmp_path / "others")
    (folder / "same.md").symlink_to(folder / "b.md")
    found = items(folder)
    for name in ("leak.md", "linked"):
        assert found[name].refusal.reason == "outside_folder"
        assert "outside the source's folder" in found[name].refusal.message
    assert read(folder, found["same.md"]) == b"text"


def test_a_link_that_is_turned_after_the_listing_is_refused(folder, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    item = items(folder)["b.md"]
    (folder / "b.md").unlink()
    (folder / "b.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(ItemRefused) as refused:
        source(folder).open(item)
    assert refused.value.reason == "outside_folder"


def test_a_folder_that_cannot_be_listed_stops_the_listing(folder, monkeypatch):
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(SourceError, match="cannot list .*deep: Permission denied"):
        listed(folder)


def test_a_name_that_is_not_utf8_is_spelled_out(folder):
    try:
        (folder / os.fsdecode(b"caf\xe9.md")).write_text("text")
    except OSError:
        pytest.skip("this file system refuses names that are not UTF-8")
    assert "caf\\xe9.md" in listed(folder)


def test_a_pipe_is_not_waited_for_and_a_missing_file_cannot_be_read(folder):
    os.mkfifo(folder / "pipe.md")
    found = items(folder)
    with pytest.raises(ItemRefused, match="not a regular file"):
        source(folder).open(found["pipe.md"])
    (folder / "b.md").unlink()
    with pytest.raises(FileNotFoundError):
        source(folder).open(found["b.md"])


def test_the_marker_says_whether_a_file_changed(folder):
    before = items(folder)
    (folder / "b.md").write_text("other text")
    after = items(folder)
    assert before["b.md"].change_marker != after["b.md"].change_marker
    assert before["a/x.rst"].change_marker == after["a/x.rst"].change_marker
    assert after["b.md"].size == 10


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


def test_a_file_uri_is_a_folder_too(folder):
    assert listed(f"file://{folder}", include=["b.md"]) == ["b.md"]


def test_any_file_system_of_fsspec(monkeypatch):
    root = f"memory://{uuid.uuid4().hex}"
    for name in ("a.md", "sub/b.pdf", ".hidden/c.md"):
        with fsspec.open(f"{root}/{name}", "wb") as file:
            file.write(b"text")
    found = items(root)
    assert list(found) == ["a.md", "sub/b.pdf"]
    assert found["sub/b.pdf"].uri == f"{root.replace('memory://', 'memory:///')}/sub/b.pdf"
    assert found["a.md"].change_marker.endswith(":4")
    assert read(root, found["sub/b.pdf"]) == b"text"


@pytest.fixture
def bucket(s3):
    """A bucket with three objects; its name."""
    filesystem = fsspec.filesystem("s3", use_listings_cache=False)
    name = f"b{uuid.uuid4().hex}"
    filesystem.mkdir(name)
    for key, content in {"docs/a b#1.md": b"alpha", "docs/deep/er/c.txt": b"gamma", "other/d.md": b"delta"}.items():
        filesystem.pipe(f"{name}/{key}", content)
    return name


def test_objects_below_a_prefix_of_s3(bucket):
    root = f"s3://{bucket}/docs"
    source(root).check()
    found = items(root)
    assert list(found) == ["a b#1.md", "deep/er/c.txt"]
    assert found["a b#1.md"].uri == f"s3://{bucket}/docs/a b#1.md"
    assert found["a b#1.md"].size == 5
    assert read(root, found["deep/er/c.txt"]) == b"gamma"
    assert source(root).dataset().namespace == f"s3://{bucket}"


def test_the_marker_of_an_object_is_its_etag(bucket):
    before = items(f"s3://{bucket}/docs")
    filesystem = fsspec.filesystem("s3", use_listings_cache=False)
    filesystem.pipe(f"{bucket}/docs/a b#1.md", b"omega")
    after = items(f"s3://{bucket}/docs")
    assert before["a b#1.md"].change_marker == "etag:2c1743a391305fbf367df8e4f069f9f9"  # md5 of alpha
    assert after["a b#1.md"].change_marker != before["a b#1.md"].change_marker
    assert after["deep/er/c.txt"].change_marker == before["deep/er/c.txt"].change_marker


def test_an_object_that_changes_while_it_is_read_is_refused(bucket):
    root = f"s3://{bucket}/docs"
    item = items(root)["a b#1.md"]
    with pytest.raises(ItemRefused) as refused, source(root).open(item) as stream:
        assert stream.read() == b"alpha"
        fsspec.filesystem("s3", use_listings_cache=False).pipe(f"{bucket}/docs/a b#1.md", b"omega")
    assert refused.value.reason == "changed_while_read"


def test_a_prefix_that_holds_nothing_is_a_mistake(bucket):
    with pytest.raises(ConfigError, match="nothing below s3://.*/nowhere"):
        source(f"s3://{bucket}/nowhere").check()
    with pytest.raises(ConfigError, match="nothing below s3://no-such-bucket"):
        source("s3://no-such-bucket/docs").check()


def test_a_store_that_does_not_answer_is_not_an_empty_one(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    quick = {"skip_instance_cache": True, "config_kwargs": {"connect_timeout": 1, "retries": {"max_attempts": 0}}}
    options = {"uri": "s3://bucket/docs", "storage_options": {"anon": True, **quick}}
    with pytest.raises(SourceError, match="cannot list s3://bucket/docs"):
        list(FolderSource("docs", FolderOptions(**options), Path("/")).items(Listing()))


def test_secrets_do_not_belong_into_storage_options():
    for options in ({"secret": "x"}, {"client_kwargs": {"aws_secret_access_key": "x"}}, {"account_key": "x"}):
        with pytest.raises(ValueError, match="secrets come from the environment"):
            FolderOptions(uri="s3://b/x", storage_options=options)
    assert FolderOptions(uri="s3://b/x", storage_options={"endpoint_url": "http://minio:9000"}).storage_options
