"""A running witness and an HTTP client for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from tests.client.witness.running_witness import RunningWitness


@pytest.fixture
async def witness(tmp_path: Path) -> AsyncIterator[RunningWitness]:
    running = RunningWitness(tmp_path / "witness")
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
