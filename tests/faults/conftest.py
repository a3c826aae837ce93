"""One network of two offices for all scenarios of a module."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.integration.small_network import small_network

from rogatory_client.demo.world import World


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def network(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with small_network(tmp_path_factory.mktemp("network")) as world:
        yield world
