"""User names and passwords inside URLs."""

import re
from collections.abc import Iterator

from ragline.privacy.finding import Finding
from ragline.privacy.kind import Kind
from ragline.privacy.searched_text import SearchedText

# What stands between :// and @, with a colon in it (RFC 3986, userinfo).
_USERINFO = re.compile(r"://([^\s/?#@:\"'<>`|\\\[\]]{0,64}:[^\s/?#@\"'<>`|\\\[\]]{1,200})@(?=[\w\[])")
# Template variables: {user}:{password}, $USER:$PASS, %s:%s, ***, ...
_TEMPLATE = re.compile(r":(?:[${%].*|[*x.]+)\Z", re.IGNORECASE)


def find_url_credentials(searched: SearchedText) -> Iterator[Finding]:
    """``user:password`` of a URL; template variables are left alone."""
    for match in _USERINFO.finditer(searched.text):
        if not _TEMPLATE.search(match[1]):
            yield Finding("url_credentials", *match.span(1))


MEMBERS = (Kind("url_credentials", 3, find_url_credentials),)
