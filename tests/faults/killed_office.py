"""An office in a process of its own that kills itself, with signal 9, at a chosen step of what it does.

Every transaction of the vault has three steps (written, on disk, erased), every call and frame two (about to
leave, answered or gone), every frame that comes one. What leaves is noted in a file before it leaves.
"""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from rogatory_client.office import Office
from rogatory_client.transport import HttpsLine
from rogatory_client.transport.line import DeviceKey, LiveFeed
from rogatory_client.vault import Vault, keys, open_vault
from rogatory_crypto.wire.challenge import ChallengeResponse, Token
from rogatory_crypto.wire.frame import ClientFrame, RelayFrame, Submit, SubmitCommit

PASSPHRASE: Final = b"correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Step:
    """The ``time``-th step of a name, from 1.

    What comes over a network comes in one frame or in two: counted by name, a step is found all the same.
    """

    name: str
    time: int


@dataclass
class Steps:
    """Counts and names, and ends the process at ``kill_at``; the step's name is then in the journal."""

    journal: Path
    kill_at: int | Step | None
    taken: Counter[str] = field(default_factory=Counter)

    def take(self, name: str) -> None:
        self.taken[name] += 1
        self.write(self.journal.with_suffix(".course"), name.encode() + b"\n")
        if self.kill_at in (self.taken.total(), Step(name, self.taken[name])):
            self.write(self.journal.with_suffix(".steps"), name.encode() + b"\n")
            os.kill(os.getpid(), signal.SIGKILL)

    def leaving(self, payload: bytes) -> None:
        """Note a ciphertext that is about to leave."""
        self.write(self.journal, payload.hex().encode() + b"\n")

    @staticmethod
    def write(path: Path, data: bytes) -> None:
        with path.open("ab", buffering=0) as file:
            file.write(data)


def counted(vault: Vault, steps: Steps) -> Vault:
    """Make each of its transactions three steps."""
    writing: Callable[..., AbstractContextManager[Connection]] = vault.writing

    @contextmanager
    def stepping(*, erasing: bool = True) -> Iterator[Connection]:
        with writing(erasing=erasing) as connection:
            yield connection
            steps.take("written")
        steps.take("erased")

    vault.writing = stepping  # type: ignore[method-assign]  # it does what it did
    vault.on_commit = lambda: steps.take("on disk")
    return vault


class CountedCalls:
    """Calls to the relay, each of two steps."""

    def __init__(self, calls: object, steps: Steps) -> None:
        self._calls = calls
        self._steps = steps

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        call = getattr(self._calls, name)

        async def stepping(*arguments: object, **options: object) -> object:
            self._steps.take(f"before {name}")
            answer = await call(*arguments, **options)
            self._steps.take(f"after {name}")
            return answer

        return stepping


class CountedFeed:
    """A feed whose frames are steps."""

    def __init__(self, feed: LiveFeed, steps: Steps) -> None:
        self._feed = feed
        self._steps = steps

    async def send(self, frame: ClientFrame) -> None:
        name = type(frame).__name__
        if isinstance(frame, Submit | SubmitCommit):
            self._steps.leaving(frame.payload)
        self._steps.take(f"before {name}")
        await self._feed.send(frame)
        self._steps.take(f"after {name}")

    async def receive(self) -> RelayFrame:
        frame = await self._feed.receive()
        self._steps.take(f"came {type(frame).__name__}")
        return frame

    async def receive_waiting(self) -> RelayFrame | None:
        frame = await self._feed.receive_waiting()
        if frame is not None:
            self._steps.take(f"came {type(frame).__name__}")
        return frame

    async def close(self) -> None:
        await self._feed.close()


class PatientLine(HttpsLine):
    """Uses the token of the start before: a device that asks for one every second is refused."""

    def remember(self, path: Path) -> None:
        self._path = path
        if path.exists():
            self._token = Token.decode(path.read_bytes())

    async def token(self, response: ChallengeResponse) -> Token:
        token = await super().token(response)
        self._path.write_bytes(token.encode())
        return token


class CountedLine:
    """The line over the network, step by step."""

    def __init__(self, line: PatientLine, steps: Steps) -> None:
        self.inner = self._line = line
        self._steps = steps
        self.relay: Any = CountedCalls(line.relay, steps)

    async def session(self, device: DeviceKey) -> Any:
        return CountedCalls(await self._line.session(device), self._steps)

    async def feed(self, device: DeviceKey) -> CountedFeed:
        return CountedFeed(await self._line.feed(device), self._steps)

    async def close(self) -> None:
        await self._line.close()


@dataclass(frozen=True, slots=True)
class Task:
    """What an office is to do before it synchronises: say a text in a room, open a room for it, or nothing.

    What the office has taken in hand, because the call returned, is noted in the journal's ``.said`` file.
    """

    text: str | None = None
    room: str | None = None
    to: str | None = None


def run(home: Path, journal: Path, task: Task, kill_at: int | Step | None) -> None:
    """Do a task; the process ends in the middle if ``kill_at`` is one of its steps."""
    asyncio.run(_run(home, journal, task, kill_at))


async def _run(home: Path, journal: Path, task: Task, kill_at: int | Step | None) -> None:
    steps = Steps(journal, kill_at)
    vault = open_vault(home, PASSPHRASE)
    with vault.reading() as connection:
        profile = keys.load_identity(connection).profile
    line = CountedLine(PatientLine(profile, lambda: time.time_ns() // 1_000_000), steps)
    line.inner.remember(journal.with_suffix(".token"))
    office = Office(counted(vault, steps), line)
    if task.text is not None:
        _say(office, task)
        steps.write(journal.with_suffix(".said"), task.text.encode() + b"\n")
    await office.sync()
    await line.close()
    vault.close()


def _say(office: Office, task: Task) -> None:
    assert task.text is not None
    if task.room is not None:
        office.reply(task.room, task.text)
    elif task.to is not None:
        office.start_consultation([task.to], task.text, task.text)
