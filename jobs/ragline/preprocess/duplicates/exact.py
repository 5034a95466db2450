"""Exact copies: texts that are equal but for case and blanks."""

import hashlib
from collections.abc import Iterable, Sequence

METHOD = "exact"


def scope_of(tenant: str | None, access_labels: Iterable[str] | None) -> str:
    """Who may read a text, as one string. A copy that other people may read cannot stand for this one."""
    return "\0".join([tenant or "", *sorted(access_labels or ())])


def normal_hash(words: Sequence[str], scope: str) -> str:
    """What exact copies share: 32 hex digits over the normalised words and the scope; "" for no words."""
    if not words:
        return ""
    return hashlib.sha256("\0\0".join([scope, " ".join(words)]).encode("utf-8", "surrogatepass")).hexdigest()[:32]
