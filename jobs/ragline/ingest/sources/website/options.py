"""Configuration of a website source."""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from ragline.config.text_settings import CannotChangeText
from ragline.ingest.path_patterns import PathPatterns
from ragline.ingest.sources.website.urls import normalise

_SELECTS = CannotChangeText("it decides which pages are listed; each is known by its own address")
_PACE = CannotChangeText("it decides when and how often a page is asked for, not what the answer is")


class WebsiteOptions(PathPatterns):
    """``url`` is crawled, or the pages of ``sitemap`` are read; patterns are for the path below the host.

    Only pages below ``prefix`` (by default the folder of ``url``, or the sitemap's host) are read, no more than ``max_pages``,
    and those no more than ``max_depth`` links away. What a site could repeat for ever has an end, too: ``max_requests`` for pages
    (by default ten for each page that may be taken in), ``max_redirects`` for one of them, ``max_sitemaps`` in lists that stand
    in each other ``max_sitemap_depth`` deep. Whatever a page's server allows, link-local addresses are not read.
    """

    url: Annotated[str | None, _SELECTS] = None
    sitemap: Annotated[str | None, _SELECTS] = None
    prefix: Annotated[str | None, _SELECTS] = None
    max_pages: Annotated[int, Field(gt=0), _SELECTS] = 2000
    max_depth: Annotated[int, Field(ge=0), _SELECTS] = 5
    max_requests: Annotated[int | None, Field(gt=0), _SELECTS] = None
    max_redirects: Annotated[int, Field(ge=0), _SELECTS] = 5
    max_sitemaps: Annotated[int, Field(gt=0), _SELECTS] = 1000
    max_sitemap_depth: Annotated[int, Field(ge=0), _SELECTS] = 3
    requests_per_second: Annotated[float, Field(gt=0), _PACE] = 2
    timeout_seconds: Annotated[float, Field(gt=0), _PACE] = 30
    attempts: Annotated[int, Field(gt=0), _PACE] = 4
    retry_seconds: Annotated[float, Field(ge=0), _PACE] = 1
    allow_private: Annotated[bool, CannotChangeText("a page at an address that is not allowed is refused whole")] = False

    @field_validator("url", "sitemap", "prefix")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is not None and (url := normalise(url)) is None:
            raise ValueError("it must be a full http:// or https:// URL")
        return url

    @model_validator(mode="after")
    def _has_one_beginning(self) -> "WebsiteOptions":
        if (self.url is None) == (self.sitemap is None):
            raise ValueError("give either url (to crawl) or sitemap")
        return self

    @property
    def request_limit(self) -> int:
        """How many pages may be asked for, found or not."""
        return self.max_requests or 10 * self.max_pages

    @property
    def beginning(self) -> str:
        """Where reading begins."""
        return self.url or self.sitemap or ""
