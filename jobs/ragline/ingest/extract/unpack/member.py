"""A member of an archive or a mail: its name and bytes, or its refusal."""

import re
from dataclasses import dataclass

from ragline.ingest.extract.parse.clean import clean_text
from ragline.ingest.item import Refusal

_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class Member:
    """One member. Either ``content`` or ``refusal`` counts; nothing is ever written under ``name``."""

    name: str
    content: bytes = b""
    media_type: str = ""
    refusal: Refusal | None = None


def shown_name(raw: str) -> str:
    """A member's name as text that can be stored, with ``/`` between its folders."""
    return clean_text(raw).replace("\n", " ").replace("\\", "/")


def unsafe_path(name: str) -> Refusal | None:
    """The refusal of a name that is absolute or leads out of its archive."""
    if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
        return Refusal("unsafe_path", f"The name {name[:200]!r} is absolute or leads out of the archive.")
    return None
