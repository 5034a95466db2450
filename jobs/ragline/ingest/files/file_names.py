r"""The name of a file as text, also where its bytes are no UTF-8.

Odd bytes are spelled out: ``caf\xe9.md``. A name that looks so of itself has its backslash spelled out (``caf\x5cxe9.md``), so
that no two files have one name.
"""

import re

_LOOKS_SPELLED_OUT = re.compile(rb"\\(?=x(?:[89a-f][0-9a-f]|5c))")


def file_name(raw: bytes) -> str:
    """The text of a file's name or path."""
    return _LOOKS_SPELLED_OUT.sub(rb"\\x5c", raw).decode("utf-8", "backslashreplace")
