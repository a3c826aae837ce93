"""A witness in a process of its own, as a secretariat runs it, and a log that asks it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
from tests.crypto.log.log_world import LOG_KEY, LOG_KEY_PQ, World

from rogatory_client.witness.folder import add_logs, init_folder, read_keys
from rogatory_client.witness.store import WitnessStore
from rogatory_crypto.log.add_checkpoint import AddCheckpoint
from rogatory_crypto.log.merkle import Proof
from rogatory_crypto.log.note_key import SigningKey, VerifierKey

NAME = "witness.example/w1"
# The command itself, so that its readiness line and its exit code are what is tested.
COMMAND = [sys.executable, "-m", "rogatory_client.cli", "log", "witness", "serve"]
# The same server that gets a signal between the swap and the answer, and is patient for so many seconds.
SIGNALLED = """
import json, os, sys, pathlib
from rogatory_client.witness import service
from rogatory_client.witness.door import DoorLimits
from rogatory_client.witness.serving import Listening, serve
def ready(addresses):
    print(json.dumps({"event": "ready", "addresses": addresses}), flush=True)
folder, number, patience_s = sys.argv[1:]
service.BODY_TIMEOUT_S = float(patience_s)
serve(
    pathlib.Path(folder), Listening("127.0.0.1", 0), ready,
    on_swap=(lambda: os.kill(os.getpid(), int(number))) if int(number) else None,
    limits=DoorLimits(first_request_s=float(patience_s)),
)
"""


def signalled(folder: Path, number: int, patience_s: float = 10) -> list[str]:
    """Return the command of a witness that gets a signal, 0 for none, after each swap."""
    return [sys.executable, "-c", SIGNALLED, str(folder), str(int(number)), str(patience_s)]


def request(old: int, size: int, *, world: World, proof: Proof | None = None) -> bytes:
    """Ask to cosign ``size`` of a history from ``old`` on, with the right proof unless another is given."""
    if proof is None:
        proof = world.tree.prove_consistency(old, size) if 0 < old < size else ()
    return AddCheckpoint(old, proof, world.signed(size)).encode()


class RunningWitness:
    """One folder and the process that serves it, started as often as need be.

    Args:
        folder: of the witness.
        key: its only key, in place of two random ones.
        logs: which it cosigns.
    """

    def __init__(
        self,
        folder: Path,
        *,
        key: SigningKey | None = None,
        logs: Sequence[VerifierKey] = (LOG_KEY.verifier, LOG_KEY_PQ.verifier),
    ) -> None:
        self.folder = folder
        self.keys = init_folder(folder, NAME, os.urandom)
        if key is not None:
            (folder / "witness.keys").write_text(key.encode() + "\n")
            self.keys = (key.verifier,)
        add_logs(folder, [each.encode() for each in logs])
        self.url = ""
        self.journal: list[dict[str, Any]] = []
        self.announced: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._readers: list[threading.Thread] = []
        self._written = threading.Condition()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def launch(self, command: list[str] | None = None, *options: str, scheme: str = "http") -> None:
        """Start, and return once it takes connections."""
        given = command or [*COMMAND, str(self.folder), "--listen", "127.0.0.1:0", *options]
        process = self._process = subprocess.Popen(
            given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        ready = threading.Event()
        self.announced.clear()
        self._readers = [
            threading.Thread(target=self._read_announcements, args=(process, ready)),
            threading.Thread(target=self._read_journal, args=(process,)),
        ]
        for reader in self._readers:
            reader.start()
        assert ready.wait(60)
        if process.poll() is None and self.announced:
            [address] = json.loads(self.announced[0])["addresses"]
            self.url = f"{scheme}://{address}"

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; return the exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end; return the exit code."""
        assert self._process is not None
        code = self._process.wait(60)
        for reader in self._readers:
            reader.join()
        return code

    def store(self) -> WitnessStore:
        """What it has on disk, whether it runs or not."""
        return WitnessStore(self.folder / "witness.db", read_only=True)

    def secrets(self) -> list[str]:
        return [key.encode() for key in read_keys(self.folder)]

    async def start(self, *options: str) -> None:
        await asyncio.to_thread(self.launch, None, *options)

    async def stop(self, number: int = signal.SIGTERM) -> int:
        return await asyncio.to_thread(self.end, number)

    async def hear(self, event: str) -> dict[str, Any]:
        """Wait until the journal says something, and return it."""

        def wait() -> dict[str, Any]:
            with self._written:
                said = self._written.wait_for(lambda: self.said(event), 60)
                assert said, self.journal
                return said[-1]

        return await asyncio.to_thread(wait)

    def said(self, event: str) -> list[dict[str, Any]]:
        """Return what the journal has said of one kind."""
        return [each for each in self.journal if each.get("event") == event]

    async def add(self, body: bytes, http: aiohttp.ClientSession) -> tuple[int, bytes, str]:
        """POST a request; return status, body and content type."""
        async with http.post(f"{self.url}/add-checkpoint", data=body) as response:
            return response.status, await response.read(), response.headers.get("Content-Type", "")

    def _read_announcements(self, process: "subprocess.Popen[str]", ready: threading.Event) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.announced.append(line)
                ready.set()
        ready.set()

    def _read_journal(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        with process.stderr as lines:
            for line in lines:
                with self._written:
                    self.journal.append(_event(line))
                    self._written.notify_all()


def _event(line: str) -> dict[str, Any]:
    try:
        event: dict[str, Any] = json.loads(line)
    except ValueError:
        return {"event": line.rstrip()}
    return event
