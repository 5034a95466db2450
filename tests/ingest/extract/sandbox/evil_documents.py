"""Documents for the fixture ``evil``: Python code that its parser executes."""

import textwrap

from ragline.ingest.extract.part import ParseRequest
from ragline.ingest.extract.sandbox.parser_process import ParserProcess


def run(process: ParserProcess, code: str) -> str:
    """What becomes of a document that does this."""
    (part,) = process.parse(ParseRequest(textwrap.dedent(code).encode(), "evil.rst", "text/x-rst"))
    return part.refusal.reason if part.refusal else part.parsed.text
