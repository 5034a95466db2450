"""Log lines: a name with a newline in it does not begin a line that others take for the program's own."""

import logging
import sys

from ragline.contracts.redaction import redacted
from ragline.runtime.shown_text import shown_lines


class LineFormatter(logging.Formatter):
    """The message without credentials; what would act on a terminal is spelled out, every line but the first is indented."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as text."""
        return shown_lines(redacted(super().format(record))).replace("\n", "\n  ")


def log_to_stderr(level: str | int) -> None:
    """Let everything that is logged from now on appear on standard error.

    Raises:
        ValueError: there is no such level.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter("%(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
