import threading
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

from tests.ingest.sources.git.repositories import Work


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
