"""Running relays and their clients; a module that needs no fresh one shares one among its tests."""

import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.integration.relay.device_client import RelayCalls, calling
from tests.integration.relay.identities import OfficeKeys, fresh_entry_id
from tests.integration.relay.relay_process import RelayProcess
from tests.server.store.temporary_database import temporary_database

GENEROUS = "[quotas]\n" + "".join(
    f"{name}_burst = 100000\n" for name in ("submissions", "publications", "challenges", "uploads")
)


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    """A fresh relay with the quotas of a new configuration."""
    process = RelayProcess(tmp_path)
    process.launch()
    yield process
    process.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def shared_relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProcess]:
    """One relay for a module, with quotas that stand in nobody's way."""
    process = RelayProcess(tmp_path_factory.mktemp("relay"), tables=GENEROUS)
    process.launch()
    yield process
    process.end(signal.SIGTERM)


@pytest.fixture
async def calls(relay: RelayProcess) -> AsyncIterator[RelayCalls]:
    async with calling(relay) as made:
        yield made


@pytest.fixture
def office(relay: RelayProcess) -> OfficeKeys:
    return OfficeKeys(fresh_entry_id(), relay.operator, int(time.time()))


@pytest.fixture
async def postgresql() -> AsyncIterator[str]:
    async with temporary_database() as url:
        yield url
