"""The tests' end of a member's process, and the group it is in, whose other members live on this side."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from tests.crypto.mls.world import CLASSICAL, World
from tests.deletion.member import PASSPHRASE, serve
from tests.deletion.pages import Disk
from tests.deletion.recorder import Derived

from rogatory_crypto import mls


class UnderTest:
    """A member in a process of its own, beside the world it talks to."""

    def __init__(self, pipe: Connection, process: ForkServerProcess, home: Path, code: int) -> None:
        self._pipe = pipe
        self.process = process
        self.home = home
        self.world = World(code)

    def ask(self, name: str, *arguments: object) -> Any:
        """Let the member do something; return what it returns."""
        self._pipe.send((name, arguments))
        return self._pipe.recv()

    def joined(self, others: int = 4) -> "UnderTest":
        """Let the member join a group of others, each of which has committed a path."""
        self.world.grow(others - 1)
        for seat in list(self.world.groups):
            self.world.update(seat)
        staged = self.world.stage(0, add=[self.ask("key_package")], path=True)
        self.world.merge(0, staged)
        self.ask("join", staged.welcome)
        return self

    def said(self, seat: int, text: bytes) -> bytes:
        """Let another member say something."""
        self.world.groups[seat], message = mls.protect(
            self.world.groups[seat], text, random=self.world.random
        )
        return message

    def committed(self, seat: int, **options: object) -> bytes:
        """Let another member commit; all others but the member under test have processed it."""
        staged = self.world.stage(seat, path=True, **options)
        self.world.merge(seat, staged)
        return staged.message

    def gone(self) -> list[Derived]:
        notes: list[Derived] = self.ask("gone")
        return notes

    def kept(self) -> list[Derived]:
        notes: list[Derived] = self.ask("kept")
        return notes

    def disk(self) -> Disk:
        return Disk.of(self.home, PASSPHRASE)


@contextmanager
def under_test(home: Path, code: int = CLASSICAL) -> Iterator[UnderTest]:
    """Start a member."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.deletion.member"])
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, home, code, str(home)))
    process.start()
    theirs.close()
    try:
        yield UnderTest(ours, process, home, code)
    finally:
        ours.close()
        process.join(30)
        assert process.exitcode == 0
