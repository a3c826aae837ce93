"""Which calls of the system a process may still make: seccomp, where the kernel is Linux.

An audit hook stops Python code; whoever takes over the interpreter itself is stopped only by the kernel. What
is allowed is computing: memory, time, and reading and writing what is already open. Not opening a file (nor
the memory of another process), no signal to anybody, no socket, no process; each fails with EPERM.
"""

import ctypes
import errno
import platform
from collections.abc import Iterator
from typing import Final

_SET_SECCOMP: Final = 22
_SET_NO_NEW_PRIVILEGES: Final = 38
_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | errno.EPERM
# Of struct seccomp_data (seccomp(2)), in bytes.
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
# BPF: load a word; jump if equal; return.
_LOAD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
# By architecture: read write close fstat lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask
# rt_sigreturn readv writev sched_yield mremap madvise getpid exit gettimeofday getrusage times sigaltstack
# gettid (time, where there is one) futex sched_getaffinity restart_syscall clock_gettime clock_getres
# clock_nanosleep exit_group getrandom.
_X86_64: Final = """
    0 1 3 5 8 9 10 11 12 13 14 15 19 20 24 25 28 39 60 96 98 100 131
    186 201 202 204 219 228 229 230 231 318
"""
_AARCH64: Final = """
    63 64 57 80 62 222 226 215 214 134 135 139 65 66 124 216 233 172 93 169 165 153 132
    178 98 123 128 113 114 115 94 278
"""
_ALLOWED: Final = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


def only_compute() -> bool:
    """Give up every call of the system but those that computing takes, for good.

    Returns:
        Whether the system could; else the audit hook alone is on guard.
    """
    known = _ALLOWED.get(platform.machine())
    if known is None:
        return False
    instructions = tuple(_instructions(*known))
    array = (_Instruction * len(instructions))(*instructions)
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return False
    prctl(_SET_NO_NEW_PRIVILEGES, *(ctypes.c_ulong(each) for each in (1, 0, 0, 0)))
    program = _Program(len(instructions), array)
    return bool(prctl(_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), ctypes.byref(program)) == 0)


def _instructions(architecture: int, allowed: str) -> Iterator[_Instruction]:
    """A program over one call: another architecture's numbers mean other calls, so they are refused."""
    yield _Instruction(_LOAD, 0, 0, _ARCHITECTURE_AT)
    yield _Instruction(_JUMP_EQUAL, 1, 0, architecture)
    yield _Instruction(_RETURN, 0, 0, _REFUSE)
    yield _Instruction(_LOAD, 0, 0, _NUMBER_AT)
    for number in map(int, allowed.split()):
        yield _Instruction(_JUMP_EQUAL, 0, 1, number)
        yield _Instruction(_RETURN, 0, 0, _ALLOW)
    yield _Instruction(_RETURN, 0, 0, _REFUSE)
