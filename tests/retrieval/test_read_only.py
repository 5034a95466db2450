"""A bundle opens from a folder that nobody may write to, and is left as it was."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragline.retrieval.bundle import open_bundle
from tests.places import REPOSITORY
from tests.retrieval.examples import write_small_bundle

# Permissions bind everybody but root: as root, it imports what it needs and becomes nobody.
_OPEN = """
import os, sys
from pathlib import Path
from ragline.retrieval.bundle import open_bundle
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
folder = Path(sys.argv[1])
try:
    (folder / "lexical" / "mine").touch()
except PermissionError:
    print("read-only")
bundle = open_bundle(folder)
print(bundle.lexical().search("payroll", 5)[0], len(bundle.vectors()), bundle.chunks().num_rows)
"""


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A bundle without any write permission, in a place that every user of the machine can reach."""
    with tempfile.TemporaryDirectory(prefix="ragline-read-only-") as place:
        os.chmod(place, 0o755)
        folder = Path(place) / "bundle"
        write_small_bundle(folder)
        inside = [folder, *folder.rglob("*")]
        for path in inside:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield folder
        for path in inside:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_user_who_may_not_write_opens_and_searches_it(read_only: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "jobs"), "TMPDIR": tempfile.gettempdir()}
    command = [sys.executable, "-c", _OPEN, str(read_only)]

    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert ran.stdout.splitlines() == ["read-only", "[4] 5 5"], ran.stderr


def test_opening_and_searching_changes_nothing_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    write_small_bundle(folder)

    def listing() -> dict[str, tuple[int, int]]:
        return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in [folder, *folder.rglob("*")]}

    before = listing()
    bundle = open_bundle(folder)
    assert bundle.lexical().search("payroll", 5)[0] == [4]
    assert len(bundle.vectors()) == bundle.chunks().num_rows == 5
    assert listing() == before
