"""The parser of a task: a process with limits, and a thread that waits for it while the task reads on."""

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from ragline.config.ingest import IngestSettings
from ragline.ingest.extract.part import ParseRequest, Part
from ragline.ingest.extract.sandbox.parser_process import ParserProcess


class Parser:
    """Parses one item at a time, elsewhere.

    The thread that starts the process also ends it: a process that asks to die with its parent dies with that thread.
    """

    def __init__(self, settings: IngestSettings) -> None:
        self._thread = ThreadPoolExecutor(1, "parser")
        self._process = self._thread.submit(ParserProcess, settings.limits, settings.ocr).result()

    def parse(self, request: ParseRequest) -> "Future[list[Part]]":
        """The parts of an item, whatever its bytes do: documents, or reasons why not."""
        return self._thread.submit(self._process.parse, request)

    def __enter__(self) -> "Parser":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._thread.submit(self._process.close).result()
        self._thread.shutdown()


_shared: dict[str, Parser] = {}


def shared_parser(settings: IngestSettings) -> Parser:
    """The parser that all tasks of this process share: an executor's worker runs one after the other, and starting a parser
    costs as much as parsing a hundred small documents."""
    key = settings.model_dump_json()
    if key not in _shared:
        _shared[key] = Parser(settings)
    return _shared[key]
