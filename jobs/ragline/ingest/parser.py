"""The parser of a task, as the items' loop sees it."""

from typing import Protocol

from ragline.ingest.part import ParseRequest, Part
from ragline.ingest.sandbox.parser_process import ParserProcess
from ragline.runtime.settings import IngestSettings


class Parser(Protocol):
    """Gives the parts of an item, whatever its bytes do."""

    def parse(self, request: ParseRequest) -> list[Part]:
        """Documents, or reasons why not."""
        ...


def open_parser(settings: IngestSettings) -> ParserProcess:
    """A parser in a process of its own, with limits."""
    return ParserProcess(settings.limits, settings.ocr)
