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


_kept: dict[str, ParserProcess] = {}


def open_parser(settings: IngestSettings) -> ParserProcess:
    """A parser in a process of its own, with limits."""
    return ParserProcess(settings.limits, settings.ocr)


def kept_parser(settings: IngestSettings) -> ParserProcess:
    """The one parser of this process, for as long as it lives: an executor's worker runs task after task, and starting a
    parser costs as much as parsing a hundred small documents."""
    key = settings.model_dump_json()
    if key not in _kept:
        _kept[key] = open_parser(settings)
    return _kept[key]
