"""Parse outside this process, so that a parser that crashes, hangs or eats memory costs one document and nothing else."""

import re
import time
from dataclasses import replace
from types import TracebackType
from typing import Self

import msgspec

from ragline.config.ingest import OcrSettings, ParseLimits
from ragline.contracts.fingerprints import content_hash
from ragline.ingest.extract.parse.clean import well_formed
from ragline.ingest.extract.part import Fault, ParseRequest, Part, Position
from ragline.ingest.extract.sandbox.frames import FrameError, FrameTooLarge, receive, send
from ragline.ingest.extract.sandbox.launched import Launched, exit_name
from ragline.ingest.extract.sandbox.protocol import EXIT_MEMORY, EXIT_RETIRED, EXIT_TOO_LARGE, largest_reply, read_reply
from ragline.ingest.item import Refusal

_OUT_OF_MEMORY = re.compile(r"memory allocation of|bad_alloc|MemoryError|[Oo]ut of memory|Cannot allocate memory")


class ParserProcess:
    """A process that parses one request after the other; it is started by the first, and replaced when it dies.

    Use it from one thread at a time, with ``with`` or ``close()``. If this process is killed, the parser's ends too.
    """

    def __init__(self, limits: ParseLimits, ocr: OcrSettings | None = None) -> None:
        self._limits = limits
        self._ocr = ocr or OcrSettings()
        self._child: Launched | None = None
        self._decoder = msgspec.msgpack.Decoder(list[Part])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process and all that it started."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    @property
    def pid(self) -> int | None:
        """The process's id, if it runs."""
        return self._child.process.pid if self._child else None

    def parse(self, request: ParseRequest) -> list[Part]:
        """The parts of an item. What breaks a limit or kills its parser gets a refusal, and is left out of the next attempt:
        a member of an archive or a mail, or else the item as a whole.

        Raises:
            RaglineError: the process cannot even be started.
        """
        until = time.monotonic() + max(self._limits.seconds, self._limits.archive_seconds)
        sent = _sendable(request)
        while True:
            reply = self._attempt(sent, until)
            if not isinstance(reply, Fault):
                return reply
            if not reply.position:
                kind = request.media_type.partition(";")[0].strip().lower()
                return [Part("", kind, content_hash(request.content), refusal=reply.refusal)]
            sent = replace(sent, faults=(*sent.faults, reply))

    def _attempt(self, request: ParseRequest, until: float) -> list[Part] | Fault:
        frame = msgspec.msgpack.encode(request)
        # None: the process retired before it took the request, which goes to a new one.
        silent = Fault((), Refusal("parser_crashed", "Its parser's process ended without a word."))
        return self._try(frame, until) or self._try(frame, until) or silent

    def _try(self, frame: bytes, until: float) -> list[Part] | Fault | None:
        if self._child is not None and self._child.ended():  # between two documents, so it is not this one's fault
            self.close()
        if self._child is None:
            self._child = Launched(self._limits, self._ocr)
        child = self._child
        position: Position = ()
        try:
            send(child.requests, frame, self._deadline(until))
            while isinstance(reply := read_reply(self._receive(child, until)), tuple):
                position = reply
            return reply
        except TimeoutError:
            self.close()
            return self._too_long(position, until)
        except FrameTooLarge:
            self.close()
            return Fault((), self._too_large())
        except FrameError:
            self._child = None
            refusal = self._refusal_of_end(child)
            return Fault(position, refusal) if refusal else None
        except msgspec.MsgspecError as error:
            self.close()
            return Fault(position, Refusal("parser_crashed", f"Its parser gave an answer that makes no sense: {error}."))
        except BaseException:  # an interrupt: the answer on its way would be read as that of the next request
            self.close()
            raise

    def _receive(self, child: Launched, until: float) -> bytes:
        return receive(child.replies, largest_reply(self._limits), self._deadline(until))

    def _deadline(self, until: float) -> float:
        """When the member at work has to be done. ``until`` is when the whole item has to be."""
        return min(until, time.monotonic() + self._limits.seconds)

    def _too_long(self, position: Position, until: float) -> Fault:
        if not position or time.monotonic() < until:
            return Fault(
                position, Refusal("parser_timeout", f"Not parsed within {self._limits.seconds:g} s (ingest.limits.seconds).")
            )
        allowed = f"{self._limits.archive_seconds:g} s (ingest.limits.archive_seconds)"
        return Fault((), Refusal("parser_timeout", f"All that is in it was not parsed within {allowed}."))

    def _too_large(self) -> Refusal:
        return Refusal("text_too_large", f"It gives more than {self._limits.text_mb:,} MiB of text (ingest.limits.text_mb).")

    def _refusal_of_end(self, child: "Launched") -> Refusal | None:
        """The refusal that follows from how a process ended by itself; None if it retired, which is nobody's fault."""
        code, log = child.collect()
        if code == EXIT_RETIRED:
            return None
        memory = self._limits.memory_mb
        if code == EXIT_MEMORY or _OUT_OF_MEMORY.search(log):
            return Refusal("parser_memory", f"Its parser needed more than {memory:,} MiB (ingest.limits.memory_mb).")
        if code == EXIT_TOO_LARGE:
            return self._too_large()
        last = next(iter(log.strip().splitlines()[-1:]), "")[:200]
        return Refusal("parser_crashed", well_formed(f"Its parser ended with {exit_name(code)}. {last}".strip()))


def _sendable(request: ParseRequest) -> ParseRequest:
    """The request without lone surrogates (a file name that is no UTF-8), which MessagePack does not take."""
    texts = (request.name, request.media_type, request.title, *request.held_out_lines)
    if all(text.isascii() for text in texts):
        return request
    name, media_type, title, *held_out = (well_formed(text) for text in texts)
    return replace(request, name=name, media_type=media_type, title=title, held_out_lines=tuple(held_out))
