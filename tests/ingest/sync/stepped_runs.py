"""Runs of ingest that stop before each commit, so that a test decides which goes on, or is killed, when."""

import threading
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from unittest import mock

from ragline.ingest.extract.extraction import extract
from ragline.ingest.job import Scope, ingest
from ragline.ingest.sync import stage
from ragline.ingest.sync.options import SyncOptions
from ragline.lake.lake import Lake


class Killed(BaseException):
    """The end of a run in the middle: nothing handles it."""


class SteppedRun:
    """A run in a thread of its own, which works only between ``advance`` and the next stop."""

    def __init__(self, project, run_id, **options):
        self.is_over = False
        self._killed = False
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        work = Scope(None, SyncOptions(allow_mass_delete=True, **options))
        self._thread = threading.Thread(target=self._work, args=(project, run_id, work), name=run_id, daemon=True)
        self._thread.start()
        self._wait()

    def advance(self):
        """Go on to the next stop, or to the end."""
        self._go.release()
        self._wait()

    def kill(self):
        """End it where it stands."""
        self._killed = True
        self.advance()
        self._thread.join()

    def _wait(self):
        assert self._stopped.acquire(timeout=120), "the run neither stops nor ends"

    def stop(self):
        """Called by the run itself."""
        self._stopped.release()
        self._go.acquire()
        if self._killed:
            raise Killed

    def _work(self, project, run_id, scope):
        _RUNS[run_id] = self
        try:
            self.stop()
            project.run("ingest", lambda run: ingest(run, scope), run_id=run_id)
        except Killed:
            pass
        finally:
            del _RUNS[run_id]
            self.is_over = True
            self._stopped.release()


_RUNS: dict[str, SteppedRun] = {}


@contextmanager
def stepped():
    """Runs that are ``SteppedRun`` stop between listing and reading and before each commit; all parse in this process."""
    write_files, list_and_diff = Lake.write_files, stage.list_and_diff

    def write_stepwise(lake, table, files, commit, *arguments):
        if commit.run_id in _RUNS:
            _RUNS[commit.run_id].stop()
        return write_files(lake, table, files, commit, *arguments)

    def list_stepwise(run, *arguments):
        found = list_and_diff(run, *arguments)
        if run.run_id in _RUNS:
            _RUNS[run.run_id].stop()
        return found

    with (
        mock.patch.object(Lake, "write_files", write_stepwise),
        mock.patch.object(stage, "list_and_diff", list_stepwise),
        mock.patch("ragline.ingest.sync.extract_task.Parser", lambda settings: nullcontext(ParserHere())),
    ):
        yield


class ParserHere:
    """The parsers without their process, which takes longer to start than these runs to end."""

    def parse(self, request):
        parsed = Future()
        parsed.set_result(extract(request))
        return parsed


class ParserWithoutTitles:
    """Another revision of the parsers, which finds no title in plain text."""

    def parse(self, request):
        (part,) = extract(request)
        if part.media_type == "text/plain" and part.parsed is not None:
            part = replace(part, parsed=replace(part.parsed, title=""))
        parsed = Future()
        parsed.set_result([part])
        return parsed
