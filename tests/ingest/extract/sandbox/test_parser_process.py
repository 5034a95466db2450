import os
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from ragline.config.ingest import ParseLimits
from ragline.ingest.extract.extraction import extract
from ragline.ingest.extract.part import ParseRequest
from ragline.ingest.extract.sandbox.parser_process import ParserProcess
from tests.ingest.extract.archives import zipped
from tests.ingest.extract.sandbox.evil_documents import run
from tests.places import REPOSITORY

WORDS = ParseRequest(b"# Words\n", "a.md")
LIMITS = ParseLimits(seconds=20, memory_mb=512)


def gone(pid: int) -> bool:
    """Whether a process ends within five seconds."""
    try:
        psutil.Process(pid).wait(5)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def test_it_gives_what_extract_gives():
    requests = [
        WORDS,
        ParseRequest(zipped({"a.md": "# A\n", "b.pdf": "no"}), "x.zip"),
        ParseRequest(b"", "\udcff.txt", title="t\udc80"),
    ]
    with ParserProcess(LIMITS) as process:
        assert [process.parse(request) for request in requests] == [extract(request) for request in requests]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("os.kill(os.getpid(), 11)", "parser_crashed"),
        ("ctypes.string_at(0)", "parser_crashed"),
        ("os._exit(3)", "parser_crashed"),
        ("os._exit(0)", "parser_crashed"),
        ("sys.exit()", "parser_crashed"),
        ("while True: pass", "parser_timeout"),
        ("time.sleep(60)", "parser_timeout"),
        ("x = bytearray(400 * 2**20)", "parser_memory"),
        ("x = []\nwhile True: x.append(bytes(2**20))", "parser_memory"),
        ("import numpy; numpy.ones(10**9)", "parser_memory"),
        ("raise RuntimeError('bad')", "parse_error"),
        ("def f(): f()\nf()", "parse_error"),
    ],
)
def test_what_a_document_does_costs_that_document_only(evil, code, reason):
    assert run(evil, code) == reason
    assert evil.parse(WORDS)[0].parsed.text == "# Words\n"
    assert run(evil, "pass") == "survived"


def outcomes(process: ParserProcess, content: bytes) -> dict[str, str]:
    """Each part's name with its text, or its reason in angle brackets."""
    parts = process.parse(ParseRequest(content, "x"))
    return {part.name: f"<{part.refusal.reason}>" if part.refusal else part.parsed.text for part in parts}


def test_a_member_that_ends_the_parser_costs_itself_only(evil):
    inner = zipped({"hang.rst": "while True: pass", "d.txt": "d"})
    archive = zipped({
        "a.txt": "a", "crash.rst": "os.kill(os.getpid(), 11)", "b.txt": "b", "in.zip": inner,
        "memory.rst": "x = bytearray(400 * 2**20)", "c.rst": "pass",
    })  # fmt: skip
    assert outcomes(evil, archive) == {
        "a.txt": "a\n", "crash.rst": "<parser_crashed>", "b.txt": "b\n", "in.zip!/hang.rst": "<parser_timeout>",
        "in.zip!/d.txt": "d\n", "memory.rst": "<parser_memory>", "c.rst": "survived",
    }  # fmt: skip


def test_an_attachment_that_ends_the_parser_leaves_the_mail_and_the_others(evil):
    mail = (
        "From: a@x.example\nTo: b@x.example\nSubject: Plans\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n"
        "--B\nContent-Type: text/plain\n\nSee the plans.\n"
        "--B\nContent-Disposition: attachment; filename=a.rst\nContent-Type: text/x-rst\n\nos._exit(3)\n"
        "--B\nContent-Disposition: attachment; filename=b.txt\nContent-Type: text/plain\n\nfine\n--B--\n"
    )
    found = outcomes(evil, mail.encode())
    assert found.pop("").endswith("See the plans.\n")
    assert found == {"a.rst": "<parser_crashed>", "b.txt": "fine\n"}


def test_an_archive_whose_members_take_too_long_together_is_refused(evil):
    slow = zipped({f"{number}.rst": "time.sleep(0.4)" for number in range(100)})
    with ParserProcess(ParseLimits(seconds=2, archive_seconds=3)) as process:
        (part,) = process.parse(ParseRequest(slow, "x.zip"))
    assert (part.name, part.refusal.reason) == ("", "parser_timeout")
    assert "ingest.limits.archive_seconds" in part.refusal.message


def test_what_libraries_print_is_no_answer(evil):
    assert run(evil, "print('x' * 10**6); os.write(1, b'raw'); os.write(2, b'raw'); sys.stdout.flush()") == "survived"
    assert run(evil, "while True: os.write(1, b'x' * 10**6)") == "parse_error"
    assert run(evil, "pass") == "survived"


def test_too_much_text_is_refused_before_it_travels(evil):
    content = ("word " * 300_000).encode()
    assert evil.parse(ParseRequest(content, "a.txt"))[0].refusal.reason == "text_too_large"


def test_an_end_leaves_no_process_behind(evil):
    run(evil, "pass")
    first = evil.pid
    assert run(evil, "subprocess.Popen(['sleep', '1000']); time.sleep(60)") == "parser_timeout"
    assert gone(first)
    assert not [child for child in psutil.Process().children(recursive=True) if child.name() == "sleep"]
    run(evil, "pass")
    second = evil.pid
    evil.close()
    assert gone(second)


def test_a_parser_that_died_between_two_documents_is_replaced(evil):
    run(evil, "pass")
    os.kill(evil.pid, signal.SIGKILL)
    os.waitid(os.P_PID, evil.pid, os.WEXITED | os.WNOWAIT)
    assert evil.parse(WORDS)[0].parsed.text == "# Words\n"


@pytest.mark.parametrize("busy", [False, True])
def test_nothing_survives_a_killed_parent(tmp_path, busy):
    code = f"""
        from ragline.ingest.extract.part import ParseRequest
        from ragline.ingest.extract.sandbox.parser_process import ParserProcess
        from ragline.config.ingest import ParseLimits
        process = ParserProcess(ParseLimits())
        process.parse(ParseRequest(b"words", "a.txt"))
        print(process.pid, flush=True)
        while {busy}:
            process.parse(ParseRequest(b"- x\\n" * 100_000, "a.md"))
        input()
    """
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "jobs")}
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert gone(child)


def test_memory_that_leaks_retires_the_process_without_cost(evil):
    run(evil, "sys.kept = bytearray(140 * 2**20)")
    first = evil.pid
    assert all(evil.parse(WORDS)[0].parsed.text == "# Words\n" for _ in range(40))
    assert evil.pid != first


def test_a_document_takes_well_under_the_limit_of_time():
    with ParserProcess(LIMITS) as process:
        process.parse(WORDS)
        started = time.monotonic()
        for _ in range(50):
            process.parse(WORDS)
        assert time.monotonic() - started < LIMITS.seconds
