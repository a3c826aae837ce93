"""A peer in a process of its own, spoken to over pipes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Self, TypeAlias

SCRIPT = Path(__file__).with_name("mls_peer.py")
Answer: TypeAlias = dict[str, Any]


class PeerProcess:
    """One process that speaks the peer protocol; ``command`` may start any implementation."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, str(SCRIPT))) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> int:
        """End its input and return its exit status."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        status = self._process.wait()
        self._process.stdout.close()
        return status

    def raw(self, line: bytes) -> Answer:
        """Send one line as it is and return the one line that comes back."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert isinstance(answer, dict)
        return answer

    def _answer(self, cmd: str, fields: dict[str, Any]) -> Answer:
        self._asked += 1
        answer = self.raw(json.dumps({"id": self._asked, "cmd": cmd, **fields}).encode())
        assert answer["id"] == self._asked
        return answer

    def ask(self, cmd: str, **fields: Any) -> Answer:
        """Return the reply to a request that must succeed."""
        answer = self._answer(cmd, fields)
        assert answer["ok"] is True, f"{cmd}: {answer}"
        return answer

    def refused(self, cmd: str, **fields: Any) -> str:
        """Return the error of a request that must fail."""
        answer = self._answer(cmd, fields)
        assert answer["ok"] is False, f"{cmd}: {answer}"
        assert answer["type"] in {"PeerError", "MisuseError", "RequestError"}, f"{cmd}: {answer}"
        error = answer["error"]
        assert isinstance(error, str)
        return error
