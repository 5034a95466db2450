"""What a parser can do that a document has taken over. ``evil`` executes the document."""

import os
import socket
import sys
from pathlib import Path

import pytest

from ragline.ingest.extract.sandbox import confinement
from ragline.ingest.extract.sandbox.confinement import _everybody_may_read
from tests.ingest.extract.sandbox.evil_documents import run

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own measures")


def says(process, code: str) -> str:
    """What the document makes the parser say, instead of text."""
    part = process.parse(_request(f"def said():\n    {code}\nraise Exception(repr(said()))"))[0]
    assert part.refusal is not None
    return part.refusal.message


def _request(code: str):
    from ragline.ingest.extract.part import ParseRequest

    return ParseRequest(code.encode(), "evil.rst", "text/x-rst")


@pytest.fixture(autouse=True)
def secrets(monkeypatch):
    for name in (
        "AWS_SECRET_ACCESS_KEY",
        "RAGLINE_PSEUDONYM_KEY",
        "WIKI_PASSWORD",
        "AIRFLOW_CONN_X",
        "OPENLINEAGE_API_KEY",
        "ODD",
    ):
        monkeypatch.setenv(name, "do-not-tell")


def test_no_secret_of_the_environment_is_passed_on(evil):
    names = says(evil, "return sorted(os.environ)")
    assert "do-not-tell" not in says(evil, "return dict(os.environ)")
    allowed = {"HOME", "TMPDIR", "RUST_BACKTRACE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"}
    from ragline.runtime.child_environment import _PASSED_ON

    left = names.partition("[")[2].partition("]")[0].replace("'", "").split(", ")
    assert set(left) <= allowed | set(_PASSED_ON)
    assert "PATH" in left


@linux
def test_the_process_that_started_it_is_out_of_its_sight(evil):
    for code in ("open(f'/proc/{os.getppid()}/environ', 'rb').read()", "os.readlink(f'/proc/{os.getppid()}/cwd')"):
        assert "Permission" in says(evil, f"return {code}")
    assert "Permission" in says(evil, "return os.kill(os.getppid(), 0)")


@linux
def test_files_with_secrets_cannot_be_read_and_nothing_written_but_in_its_own_folder(evil, tmp_path_factory):
    secret = tmp_path_factory.mktemp("lake") / "key"
    secret.write_text("do-not-tell")
    secret.chmod(0o644)
    assert "Permission" in says(evil, f"return open({str(secret)!r}).read()")
    assert "Permission" in says(evil, f"return os.listdir({str(secret.parent)!r})")
    assert "Permission" in says(evil, f"return open({str(secret)!r}, 'w')")
    assert "Permission" in says(evil, "return open('/etc/shadow').read()")
    assert run(evil, "open(os.path.join(os.environ['TMPDIR'], 'x'), 'w').write('1')") == "survived"


@linux
def test_there_is_no_network(evil):
    listening = socket.create_server(("127.0.0.1", 0))
    address = listening.getsockname()
    assert "Operation not permitted" in says(evil, f"import socket; return socket.create_connection({address!r}, 1)")
    assert "Operation not permitted" in says(evil, "import socket; return socket.socket(socket.AF_UNIX)")
    listening.close()


@linux
def test_it_can_start_programs_that_are_as_confined(evil):
    code = "return subprocess.run(['cat', '/etc/shadow'], capture_output=True, text=True).stderr"
    assert "Permission denied" in says(evil, code)
    kept = "[line for line in open('/proc/self/status') if line.startswith(('CapEff', 'NoNewPrivs', 'Seccomp:'))]"
    status = says(evil, f"return {kept}")
    assert "NoNewPrivs:\\t1" in status and "Seccomp:\\t2" in status and "CapEff:\\t0000000000000000" in status


def test_its_folder_is_gone_with_it(evil):
    folder = says(evil, "return os.environ['TMPDIR']").split("'")[1]
    assert Path(folder).is_dir() and Path(folder).stat().st_mode & 0o077 == 0
    evil.close()
    assert not Path(folder).exists()


def test_where_the_platform_knows_nothing_of_it_parsing_goes_on(monkeypatch, tmp_path):
    monkeypatch.setattr(confinement.sys, "platform", "darwin")
    monkeypatch.setattr(confinement.resource, "setrlimit", lambda which, bounds: None)
    assert confinement.confine(str(tmp_path)) == []


def test_code_that_only_its_owner_may_read_is_not_left_to_nobody(tmp_path):
    shared, own = tmp_path / "shared.py", tmp_path / "own.py"
    for file, mode in ((shared, 0o644), (own, 0o600)):
        file.write_text("")
        file.chmod(mode)
    assert not _everybody_may_read(own)
    for folder in (tmp_path, *tmp_path.parents):
        if not os.stat(folder).st_mode & 0o001:
            assert not _everybody_may_read(shared)
            return
    assert _everybody_may_read(shared)
