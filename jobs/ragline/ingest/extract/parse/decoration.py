"""Images that decorate: badges that say "build passing", logos. Nobody searches for their words."""

import re

_BADGE = re.compile(
    r"shields\.io|badge|/actions/workflows/|travis-ci|circleci|codecov\.io|coveralls|zenodo\.org|snyk\.io|codacy|appveyor",
    re.IGNORECASE,
)
_LOGO = re.compile(r"\b(logo|banner|icon)\b", re.IGNORECASE)


def is_decoration(address: str, alt: str) -> bool:
    """Whether an image, by its address and its words, is a badge or a logo."""
    return _BADGE.search(address) is not None or _LOGO.search(alt) is not None
