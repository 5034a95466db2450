"""Pack the running ``ragline`` into a wheel, so that a release carries the code it was made with.

Works offline and from any kind of installation, editable or not. Format: the Python packaging user guide, "Binary
distribution format". Equal sources give equal bytes.
"""

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import ragline

_EPOCH = (1980, 1, 1, 0, 0, 0)
_METADATA = ("METADATA", "PKG-INFO", "entry_points.txt")
_WHEEL = "Wheel-Version: 1.0\nGenerator: ragline\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel_name() -> str:
    """File name of the wheel."""
    return f"ragline-{distribution('ragline').version}-py3-none-any.whl"


def pack_wheel(folder: Path) -> Path:
    """Write the wheel into a folder and return its path."""
    target = folder / wheel_name()
    members = [*_sources(), *_dist_info()]
    record = f"{_info_folder()}/RECORD"
    lines = [_record_line(name, data) for name, data in members] + [f"{record},,"]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*members, (record, "\n".join(lines).encode() + b"\n")]:
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return target


def _sources() -> Iterator[tuple[str, bytes]]:
    package = Path(ragline.__file__).parent
    for file in sorted(package.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield f"ragline/{file.relative_to(package).as_posix()}", file.read_bytes()


def _dist_info() -> Iterator[tuple[str, bytes]]:
    installed = distribution("ragline")
    for name in _METADATA:
        text = installed.read_text(name)
        if text is not None:
            yield f"{_info_folder()}/{'METADATA' if name == 'PKG-INFO' else name}", text.encode()
    yield f"{_info_folder()}/WHEEL", _WHEEL.encode()


def _info_folder() -> str:
    return f"ragline-{distribution('ragline').version}.dist-info"


def _record_line(name: str, data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}"
