"""A running relay and its clients."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from tests.integration.relay.device_client import RelayCalls
from tests.integration.relay.identities import OfficeKeys
from tests.integration.relay.relay_process import RelayProcess
from tests.server.store.temporary_database import temporary_database

from rogatory_crypto.wire.identifier import EntryId


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[RelayProcess]:
    process = RelayProcess(tmp_path, tables="[quotas]\nsubmissions_burst = 100000\n")
    await process.start()
    yield process
    await process.stop()


@pytest.fixture
async def calls(relay: RelayProcess) -> AsyncIterator[RelayCalls]:
    async with aiohttp.ClientSession() as http:
        yield RelayCalls(relay, http)


@pytest.fixture
def office(relay: RelayProcess) -> OfficeKeys:
    return OfficeKeys(EntryId("CNA-SN-01"), relay.operator, int(time.time()))


@pytest.fixture
async def postgresql() -> AsyncIterator[str]:
    async with temporary_database() as url:
        yield url
