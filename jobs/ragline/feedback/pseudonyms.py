"""Pseudonyms: users are stored under a keyed hash, so that nobody without the key can tell who clicked."""

import hashlib
import hmac
import os
import secrets

from ragline.lake.files import read_bytes, write_bytes

KEY_VARIABLE = "RAGLINE_PSEUDONYM_KEY"


def pseudonym_key(lake_uri: str) -> bytes:
    """The key: ``RAGLINE_PSEUDONYM_KEY``, or a random one made on first use and kept beside the lake's tables.

    Whoever deletes the key makes the stored pseudonyms unlinkable for good.
    """
    if given := os.environ.get(KEY_VARIABLE):
        return given.encode()
    uri = f"{lake_uri}/_secrets/pseudonym.key"
    if kept := read_bytes(uri):
        return kept
    write_bytes(uri, secrets.token_hex(32).encode())
    return read_bytes(uri) or b""


def pseudonym(user: str, key: bytes) -> str:
    """HMAC-SHA256 of a user's name, 32 hex digits; an empty name stays empty."""
    return hmac.new(key, user.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32] if user else ""
