"""Work done together: results in order, the first failure counts and stops the rest."""

import asyncio

import pytest

from rogatory_client.demo.concurrently import together


async def test_results_come_in_order() -> None:
    async def give(value: int) -> int:
        return value

    assert await together(give(1), give(2)) == (1, 2)


async def test_a_failure_stops_the_others() -> None:
    stopped = asyncio.Event()

    async def fail() -> None:
        raise ValueError("this one")

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    with pytest.raises(ValueError, match="this one"):
        await together(wait(), fail())
    assert stopped.is_set()
