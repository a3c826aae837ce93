from collections.abc import Generator
from types import coroutine

import pytest

from rogatory_crypto.esign.validation.offline import NoFetchers, SuspendedError, run


async def answer() -> int:
    return 42


@coroutine
def wait() -> Generator[None, None, None]:
    yield


async def waiting() -> None:
    await wait()


async def close() -> None:
    async with NoFetchers():
        pass


def test_what_never_waits_gives_its_value() -> None:
    assert run(answer()) == 42


def test_what_waits_for_the_world_is_refused() -> None:
    with pytest.raises(SuspendedError):
        run(waiting())


def test_nothing_can_be_fetched() -> None:
    with pytest.raises(SuspendedError):
        run(close())
    assert run(NoFetchers().close()) is None
