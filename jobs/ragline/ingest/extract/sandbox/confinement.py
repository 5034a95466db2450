"""Lower the privileges of the parser's process, as far as the platform can.

A parser that a document has taken over must neither read files with secrets, nor look into the process that started it, nor
send anything anywhere. Each measure is one that needs no privilege itself; what a platform does not know is left out.
"""

import os
import resource
import shutil
import sys
import sysconfig
from pathlib import Path

_OPEN_FILES = 512
_NOBODY = 65534
# Programs, libraries, fonts, languages, time zones, devices, and what the kernel says of this process and machine.
_SYSTEM = (
    *("/usr", "/bin", "/lib", "/lib32", "/lib64", "/nix/store", "/opt", "/run/current-system", "/proc", "/sys"),
    *("/dev/urandom", "/dev/random", "/dev/zero", "/var/cache/fontconfig", "/etc/fonts", "/etc/alternatives", "/etc/ld.so.cache"),
    *("/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload", "/etc/localtime", "/etc/timezone", "/etc/mime.types"),
    *("/etc/nsswitch.conf", "/etc/passwd", "/etc/group", "/etc/os-release"),
)


def confine(scratch: str) -> list[str]:
    """Take away what parsing does not need; only below ``scratch`` anything can be written. Returns the names of what was done.

    To be called before there is a second thread.
    """
    _lower_open_files()
    if sys.platform != "linux":
        return []
    from ragline.ingest.extract.sandbox import kernel

    done = ["no_new_privileges"] if kernel.no_new_privileges() else []
    done += ["nobody"] if _become_nobody(scratch) else []
    done += ["files"] if kernel.only_files_below(_readable(), [scratch, "/dev/null"]) else []
    done += ["capabilities"] if os.geteuid() == 0 and kernel.no_capabilities() else []
    # Last: the filter refuses some of the calls above, and does not come off again.
    done += ["network"] if "no_new_privileges" in done and kernel.no_network() else []
    return done


def _readable() -> list[str]:
    installed = [*sys.path, sys.prefix, sys.base_prefix, sys.exec_prefix, os.environ.get("TESSDATA_PREFIX", "")]
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    programs = [str(Path(sys.executable).resolve().parent)]
    if tesseract := shutil.which("tesseract"):
        folder = Path(tesseract).resolve().parent
        programs += [str(place) for place in (folder, folder.parent / "lib", folder.parent / "share")]
    return [path for path in (*_SYSTEM, *installed, *libraries, *programs) if path]


def _become_nobody(scratch: str) -> bool:
    """Where this is the superuser, and everybody may read what Python runs on."""
    if os.geteuid() != 0 or not all(_everybody_may_read(Path(path)) for path in _own_code()):
        return False
    try:
        os.chown(scratch, _NOBODY, _NOBODY)
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError:  # a container without the right to do so
        return False
    return True


def _own_code() -> list[str]:
    paths = sysconfig.get_paths()
    return [
        path for path in (*sys.path, paths["stdlib"], paths["purelib"], os.path.realpath(sys.executable)) if os.path.exists(path)
    ]


def _everybody_may_read(path: Path) -> bool:
    path = path.resolve()
    needed = 0o005 if path.is_dir() else 0o004
    return path.stat().st_mode & needed == needed and all(parent.stat().st_mode & 0o001 for parent in path.parents)


def _lower_open_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    bound = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (bound, bound))
