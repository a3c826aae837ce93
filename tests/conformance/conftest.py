"""Peers in processes of their own, and a group among them in every suite that a test names."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest
from tests.conformance.peer_process import PeerProcess
from tests.conformance.peer_world import PeerWorld

_GROUPS = count(1)


@pytest.fixture(scope="module")
def processes() -> Iterator[list[PeerProcess]]:
    with ExitStack() as stack:
        yield [stack.enter_context(PeerProcess()) for _ in range(3)]


@pytest.fixture
def world(processes: list[PeerProcess], suite: int) -> PeerWorld:
    """A group of one; ``suite`` is the test file's own fixture."""
    return PeerWorld(processes, suite, f"{next(_GROUPS):08x}")
