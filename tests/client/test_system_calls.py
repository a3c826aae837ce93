"""Whoever takes over a confined process is stopped by the kernel, not by Python."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from rogatory_client.system_calls import only_compute

# Straight to the C library, as code that has taken the interpreter over would; no audit hook is installed.
PROGRAM = """
import ctypes, os, errno
from rogatory_client.system_calls import only_compute
libc = ctypes.CDLL(None, use_errno=True)
parent = os.getppid()
assert only_compute()
refused = ({attempt}) == -1 and ctypes.get_errno() == errno.EPERM
os.write(1, b"refused" if refused else b"done")
os._exit(0)
"""
ATTEMPTS = {
    "signal to its parent": "libc.kill(parent, 0)",
    "signal to everybody": "libc.kill(-1, 0)",
    "memory of its parent": "libc.open(b'/proc/%d/mem' % parent, os.O_RDONLY)",
    "trace": "libc.ptrace(16, parent, 0, 0)",
    "file": "libc.open(b'/etc/hostname', os.O_RDONLY)",
    "name of a file": "libc.unlink(b'/tmp/never-there')",
    "socket of the system": "libc.socket(1, 1, 0)",
    "socket of the network": "libc.socket(2, 1, 0)",
    "process": "libc.fork()",
    "program": "libc.execv(b'/bin/true', None)",
    "limits of its parent": "libc.prlimit(parent, 7, None, None)",
    "pipe of another": "libc.syscall(438, parent, 0, 0)",
}


@pytest.mark.skipif(platform.machine() not in {"x86_64", "aarch64"}, reason="no table for this machine")
@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_a_process_that_only_computes_reaches_nothing(attempt: str) -> None:
    program = PROGRAM.format(attempt=attempt)
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"refused"), done.stderr


def test_computing_goes_on() -> None:
    program = (
        "import os, hashlib, time, rogatory_client.system_calls as calls; calls.only_compute();"
        "data = bytearray(64 << 20); hashlib.sha256(data); time.time();"
        "os.write(1, b'computed'); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=True)
    assert done.stdout == b"computed"


def test_a_machine_without_a_table_is_said_to_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "another")
    assert not only_compute()
    assert Path(os.devnull).exists()
