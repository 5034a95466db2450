"""Asking a web server: politely, patiently, and never for ever."""

import logging
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from ragline import __version__
from ragline.errors import RaglineError
from ragline.ingest.sources.website.addresses import CheckedTransport
from ragline.ingest.sources.website.body import is_readable, unpacked
from ragline.ingest.sources.website.options import WebsiteOptions
from ragline.ingest.sources.website.urls import normalise

log = logging.getLogger(__name__)

PRODUCT = "Ragline"
USER_AGENT = f"{PRODUCT}/{__version__} (+https://github.com/ragline/ragline)"
_AGAIN = {429, 500, 502, 503, 504}
_LONGEST_WAIT = 120.0
_LONGEST_ANSWER = 10  # times the timeout, which is for one read


class FetchFailed(RaglineError):
    """A page could not be fetched; ``after`` is how many seconds the server asks to wait before another attempt."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


@dataclass(frozen=True)
class Response:
    """An answer; ``content`` is cut one byte after the limit."""

    url: str
    status: int
    headers: httpx.Headers
    content: bytes


class WebClient:
    """Requests at a limited rate, each with retries; failures that may pass are tried again."""

    def __init__(self, options: WebsiteOptions) -> None:
        self._options = options
        self._interval = 1 / options.requests_per_second
        self._next = 0.0
        self._transport = CheckedTransport(allow_private=options.allow_private)
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"}
        self._http = httpx.Client(transport=self._transport, headers=headers, timeout=options.timeout_seconds, trust_env=False)

    def __enter__(self) -> "WebClient":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def slow_down(self, seconds: float) -> None:
        """Wait at least so long between two requests."""
        self._interval = max(self._interval, min(seconds, _LONGEST_WAIT))

    def follow(
        self,
        url: str,
        may_ask: Callable[[str], bool],
        headers_for: Callable[[str], Mapping[str, str]] = lambda url: {},
        limit: int | None = None,
    ) -> Response | None:
        """GET a page; each redirect is checked like a URL of its own. None if ``may_ask`` is false for one.

        Raises:
            FetchFailed: no answer, an error of the server after all attempts, or too many redirects.
            AddressRefused: a host is at an address that may not be read.
        """
        asked: str | None = url
        for _ in range(self._options.max_redirects + 1):
            if asked is None or not may_ask(asked):
                return None
            response = self._get(asked, headers_for(asked), limit or self._options.max_bytes)
            if response.status not in (301, 302, 303, 307, 308) or "location" not in response.headers:
                return response
            asked = normalise(response.headers["location"], asked)
        raise FetchFailed(f"{url} is redirected more than {self._options.max_redirects} times (max_redirects).")

    def _get(self, url: str, headers: Mapping[str, str], limit: int) -> Response:
        attempts = Retrying(
            stop=stop_after_attempt(self._options.attempts),
            wait=self._wait,
            retry=retry_if_exception_type(FetchFailed),
            reraise=True,
        )
        return attempts(self._get_once, url, headers, limit)

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, FetchFailed) and error.after is not None:
            return min(error.after, _LONGEST_WAIT)
        return wait_random_exponential(self._options.retry_seconds, _LONGEST_WAIT, min=self._options.retry_seconds / 2)(state)

    def _get_once(self, url: str, headers: Mapping[str, str], limit: int) -> Response:
        self._keep_pace()
        self._transport.give_time(self._options.timeout_seconds * _LONGEST_ANSWER)
        try:
            with self._http.stream("GET", url, headers=dict(headers)) as answer:
                if answer.status_code in _AGAIN:
                    raise FetchFailed(f"{url} answered {answer.status_code}.", _retry_after(answer.headers))
                return Response(url, answer.status_code, answer.headers, self._read(answer, limit))
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise FetchFailed(f"{url}: {type(error).__name__}: {error}.") from error

    def _read(self, answer: httpx.Response, limit: int) -> bytes:
        packed = answer.headers.get("content-encoding", "")
        if not is_readable(packed):
            raise FetchFailed(f"{answer.url} is packed with {packed[:100]!r}, which nobody asked for.")
        content = bytearray()
        try:
            for block in unpacked(answer.iter_raw(), packed):
                content += block
                if len(content) > limit:
                    break
        except zlib.error as error:
            raise FetchFailed(f"{answer.url} is not packed with {packed} as it says: {error}.") from error
        return bytes(content[: limit + 1])

    def _keep_pace(self) -> None:
        now = time.monotonic()
        if self._next > now:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self._interval


def _retry_after(headers: httpx.Headers) -> float | None:
    value = headers.get("retry-after", "")
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):  # absent, no date, or one without a zone
        return None
