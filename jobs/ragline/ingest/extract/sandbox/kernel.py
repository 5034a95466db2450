"""System calls that take privileges away from the calling process, by number: Python has no functions for them. Linux only."""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 22, 38, 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # landlock(7), the same number on every machine
_PATH_BENEATH, _VERSION = 1, 1
# The kernel's version of Landlock that knows each group of rights; the bits of landlock(7).
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_FS_BITS = {1: 13, 2: 14, 3: 15, 4: 15}  # and 16 from version 5 on
_FILE_BITS = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15
_NET_TCP, _SCOPED = 0b11, 0b11  # bind and connect; abstract sockets and signals
READ = _EXECUTE | _READ_FILE | _READ_DIR

# Of x86_64 and aarch64: what parses documents needs none of these.
_DENIED = {
    "x86_64": {
        "socket": 41,
        "ptrace": 101,
        "mount": 165,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "unshare": 272,
        "perf_event_open": 298,
        "setns": 308,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "bpf": 321,
        "userfaultfd": 323,
        "io_uring_setup": 425,
        "pidfd_getfd": 438,
    },
    "aarch64": {
        "mount": 40,
        "unshare": 97,
        "ptrace": 117,
        "socket": 198,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "perf_event_open": 241,
        "setns": 268,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "bpf": 280,
        "userfaultfd": 282,
        "io_uring_setup": 425,
        "pidfd_getfd": 438,
    },
}
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # linux/audit.h
_X32 = 0x40000000  # x86_64's second table of system calls begins there
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # linux/bpf_common.h
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # the second one: EPERM
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION_3 = 0x20080522


def no_new_privileges() -> bool:
    """No program that this one starts gets more than it has, by a set-user-id bit or capabilities of a file."""
    return bool(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def only_files_below(readable: Iterable[str], writable: Iterable[str]) -> bool:
    """Landlock: other files cannot be opened, TCP not spoken, and processes outside neither signalled nor looked into.

    False if the kernel does not know it. Holds for this thread and what it starts: call it before there are others.
    """
    version = _LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return False
    handled = (1 << _FS_BITS.get(version, 16)) - 1
    attributes = struct.pack("=QQQ", handled, _NET_TCP, _SCOPED)[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = _LIBC.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        return False
    try:
        allowed = all(_allow(rules, path, READ & handled) for path in readable)
        allowed = all(_allow(rules, path, handled) for path in writable) and allowed
        return allowed and bool(_LIBC.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(rules: int, path: str, access: int) -> bool:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not there: nothing to allow
        return True
    try:
        granted = access if os.path.isdir(path) else access & _FILE_BITS
        return bool(_LIBC.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", granted, place), 0) == 0)
    finally:
        os.close(place)


def no_network() -> bool:
    """Seccomp: no socket, no look into other processes, no namespaces. False if the machine is another or the kernel refuses."""
    machine = platform.machine()
    if machine not in _DENIED:
        return False
    program = _filter(machine)
    buffer = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("@HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    return bool(_LIBC.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, described, 0, 0) == 0)


def _filter(machine: str) -> bytes:
    """The filter as instructions of classic BPF: https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html"""
    denied = sorted(_DENIED[machine].values())
    steps = [(_LOAD, 0, 0, 4), (_IF_EQUAL, 0, len(denied) + 3, _ARCHITECTURE[machine]), (_LOAD, 0, 0, 0)]
    steps += [(_IF_AT_LEAST, len(denied) + 1, 0, _X32)]
    steps += [(_IF_EQUAL, len(denied) - place, 0, number) for place, number in enumerate(denied)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def no_capabilities() -> bool:
    """Give up what a superuser may beyond what the owner of its files may."""
    if platform.machine() not in _CAPSET:
        return False
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    return bool(_LIBC.syscall(_CAPSET[platform.machine()], header, bytes(24)) == 0)
