r"""How a document is called within its source (``source_id``), so that no two of them can have one name (ADR 0010).

An item is called by its own id; what is inside it by the names of the members that lead there, each behind ``!/``. A name that
itself holds such a mark gets a backslash into it: a file ``a.zip!/x.md`` is called ``a.zip!\/x.md``, the member of ``a.zip``
``a.zip!/x.md``. Other names stay as they are.
"""

import re

# Between an item and what is inside it.
INSIDE = "!/"
# Before what tells an item from another one that was listed under the same id.
_DUPLICATE = "#duplicate-"
# A mark, or one with backslashes in it: each gets one more, so that every name can be told from what it became.
_MARKS = re.compile(r"!(?=\\*/)|#(?=\\*duplicate-)")
_WRITTEN_MARKS = re.compile(r"(!(?=\\+/)|#(?=\\+duplicate-))\\")


def plain_name(name: str) -> str:
    """The id of an item, or the name of a member, as it stands in a ``source_id``: without any mark."""
    return _MARKS.sub(r"\g<0>\\", name)


def own_name(plain: str) -> str:
    """The name of which ``plain_name`` made this."""
    return _WRITTEN_MARKS.sub(r"\1", plain)


def inside(path: str, name: str) -> str:
    """What the member ``name`` is called inside ``path``: an item, or a member of it ("" for the names of an item's members)."""
    return f"{path}{INSIDE}{plain_name(name)}" if path else plain_name(name)


def duplicate_id(source_id: str, digest: str) -> str:
    """The ``source_id`` of something that is refused because another one is called so already; ``digest`` is of what it is."""
    return f"{source_id}{_DUPLICATE}{digest}"
