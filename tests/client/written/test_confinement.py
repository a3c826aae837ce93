"""What a process that reads a file from elsewhere may still do once it reads: compute, and nothing else."""

import sys

import pytest
from tests.client.written.samples import html

from rogatory_client.written import extraction_process, read_written
from rogatory_crypto.errors import MisuseError

_PROBE = """
import os, socket
from rogatory_client.written import extraction_worker

def probe(content):
    try:
        {}
    except Exception as error:
        return {{"refused": "stopped by " + type(error).__name__}}
    return {{"refused": "nothing stops it"}}

extraction_worker._answer = probe
extraction_worker.main()
"""


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/hostname').read()",
        "open('/tmp/written', 'w')",
        "os.open('/tmp/written', os.O_CREAT | os.O_WRONLY)",
        "socket.socket()",
        "os.fork()",
        "os.system('true')",
        "os.kill(os.getppid(), 0)",
        "os.listdir('/')",
        "bytearray(2 << 30)",
    ],
)
def test_whoever_takes_it_over_reaches_nothing(attempt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    command = (sys.executable, "-I", "-c", _PROBE.format(attempt))
    monkeypatch.setattr(extraction_process, "_COMMAND", command)
    with pytest.raises(MisuseError, match=r"stopped by (PermissionError|MemoryError)"):
        read_written(html())


def test_computing_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    command = (sys.executable, "-I", "-c", _PROBE.format("sum(content)"))
    monkeypatch.setattr(extraction_process, "_COMMAND", command)
    with pytest.raises(MisuseError, match="nothing stops it"):
        read_written(html())
