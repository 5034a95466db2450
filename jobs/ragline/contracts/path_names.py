"""Names that become part of a path: run ids, staged work, fingerprints that another system keeps. They are checked here only."""

import re

from ragline.errors import ConfigError

# Letters, digits and a few signs of ASCII: no separator, no look-alike of one, nothing that a shell or a store reads otherwise.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.=-]{0,199}")


def path_name(text: str, what: str) -> str:
    """The name, if it can be one folder or file below another; ``what`` says for the message whose name it is.

    Raises:
        ConfigError: it is empty, too long, leads elsewhere, or holds other signs than letters, digits and ``_ . = -``.
    """
    if not _NAME.fullmatch(text) or text.endswith("."):
        raise ConfigError(
            f"{what} is {text[:80]!r}, which cannot be part of a path: it takes 1 to 200 letters, digits and '_.=-' of ASCII, "
            "does not begin with '.', '-' or '=' and does not end with '.'."
        )
    return text
