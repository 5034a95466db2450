import uuid
from pathlib import Path

import fsspec
import pytest

from ragline.errors import ConfigError, SourceError
from ragline.ingest.source import Listing
from ragline.ingest.sources.folder import FolderOptions, FolderSource
from tests.ingest.sources.folders import items, read, source


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


def test_a_prefix_that_holds_nothing_is_empty_and_a_bucket_that_is_not_there_a_mistake(bucket):
    source(f"s3://{bucket}/nowhere").check()
    assert items(f"s3://{bucket}/nowhere") == {}
    with pytest.raises(ConfigError, match="nothing below s3://no-such-bucket"):
        source("s3://no-such-bucket/docs").check()


def test_a_folder_that_is_not_there_is_a_mistake():
    with pytest.raises(ConfigError, match="nothing below memory://.*/nowhere"):
        source(f"memory://{uuid.uuid4().hex}/nowhere").check()


def test_a_store_that_does_not_answer_is_not_an_empty_one(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    quick = {"skip_instance_cache": True, "config_kwargs": {"connect_timeout": 1, "retries": {"max_attempts": 0}}}
    options = {"uri": "s3://bucket/docs", "storage_options": {"anon": True, **quick}}
    with pytest.raises(SourceError, match="cannot list s3://bucket/docs"):
        list(FolderSource("docs", FolderOptions(**options), Path("/")).items(Listing()))
