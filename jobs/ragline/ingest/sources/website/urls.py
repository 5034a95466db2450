"""URLs of pages: one spelling for each, and which of them belong to a site."""

from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

_LONGEST = 8000  # https://www.rfc-editor.org/rfc/rfc9110#section-4.1 asks servers for as much


def normalise(url: str, base: str = "") -> str | None:
    """``url`` as it stands on the page ``base``, without fragment and user.

    None if it is no http(s) URL, or a longer one than servers take.
    """
    if len(url) > _LONGEST:
        return None
    try:
        parsed = httpx.URL(urljoin(base, url.strip()))
        if parsed.scheme not in ("http", "https") or not parsed.host:
            return None
        return str(parsed.copy_with(fragment=None, userinfo=b"", path=parsed.path or "/"))
    except (httpx.InvalidURL, ValueError):
        return None


def path_of(url: str) -> str:
    """Path and query as patterns see them: ``docs/intro.html``; a page that ends in a slash has the name ``index.html``."""
    path = httpx.URL(url).raw_path.decode().lstrip("/")
    bare, mark, query = path.partition("?")
    return (f"{bare}index.html" if not bare or bare.endswith("/") else bare) + mark + query


@dataclass(frozen=True)
class Site:
    """The pages of one host whose path begins as given."""

    host: str
    path: str

    @classmethod
    def below(cls, url: str) -> "Site":
        """The pages in the folder of ``url`` and below."""
        parsed = httpx.URL(url)
        return cls(parsed.netloc.decode(), parsed.path.rpartition("/")[0] + "/")

    def holds(self, url: str) -> bool:
        """Whether a page belongs to the site."""
        parsed = httpx.URL(url)
        return parsed.netloc.decode() == self.host and parsed.path.startswith(self.path)
