"""A web server whose pages a test writes down."""

import hashlib
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """What a path answers; ``fails`` times 503 first."""

    content: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fails: int = 0


class _Server(ThreadingHTTPServer):
    """Says nothing of clients that hang up between two requests."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Site:
    """Pages by path, with ETags; ``asked`` holds every request that came: path and status."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, int]] = []
        self.agents: set[str] = set()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def write(self, path: str, content: str | bytes, *, etag: bool = True, media_type: str = "text/html", **more: object) -> None:
        """Put a page there."""
        body = content.encode() if isinstance(content, str) else content
        headers = {"Content-Type": media_type}
        if etag:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:8]}"'
        self.pages[path] = Page(body, headers=headers, **more)  # type: ignore[arg-type]

    def answer(self, path: str, status: int, **headers: str) -> None:
        """Let a path answer with a status."""
        self.pages[path] = Page(b"", status, {name.replace("_", "-"): value for name, value in headers.items()})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.agents.add(self.headers["User-Agent"])
                page = site.pages.get(self.path, Page(b"nothing here", 404))
                status, content = page.status, page.content
                if page.fails:
                    page.fails -= 1
                    status, content = 503, b""
                elif (
                    status == 200
                    and "ETag" in page.headers
                    and self.headers["If-None-Match"] == page.headers["ETag"]
                    or status == 200
                    and self.headers["If-Modified-Since"] == page.headers.get("Last-Modified", "")
                ):
                    status, content = 304, b""
                site.asked.append((self.path, status))
                self.send_response(status)
                for name, value in page.headers.items():
                    if status != 304 or name == "ETag":
                        self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        return Handler
