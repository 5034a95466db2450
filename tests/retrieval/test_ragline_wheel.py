import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path

import ragline
from ragline.retrieval.ragline_wheel import pack_wheel


def test_the_wheel_holds_the_running_code_and_can_be_imported_from(tmp_path: Path) -> None:
    wheel = pack_wheel(tmp_path)

    code = "import ragline.contracts.fingerprints as f; print(f.__file__, f.fingerprint({'a': 1}))"
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code], env={"PYTHONPATH": str(wheel)}, capture_output=True, text=True, check=True
    )

    assert wheel.name == f"ragline-{ragline.__version__}-py3-none-any.whl"
    assert str(wheel) in ran.stdout


def test_every_member_is_recorded_with_its_hash(tmp_path: Path) -> None:
    with zipfile.ZipFile(pack_wheel(tmp_path)) as archive:
        info = f"ragline-{ragline.__version__}.dist-info"
        recorded = {row[0]: row[1] for row in csv.reader(io.StringIO(archive.read(f"{info}/RECORD").decode()))}
        assert set(archive.namelist()) == set(recorded)
        assert {f"{info}/METADATA", f"{info}/WHEEL", "ragline/cli.py"} <= set(recorded)
        digest = hashlib.sha256(archive.read("ragline/cli.py")).digest()
        assert recorded["ragline/cli.py"] == "sha256=" + urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_equal_sources_give_equal_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    assert pack_wheel(tmp_path / "a").read_bytes() == pack_wheel(tmp_path / "b").read_bytes()
