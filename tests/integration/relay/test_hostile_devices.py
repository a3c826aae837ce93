"""Enrolled devices that misuse what they may: mailboxes of other offices, connections past their time."""

import signal
import time
from collections.abc import Iterator

import pytest
from tests.integration.relay.device_client import RelayCalls, accepted, new_group, new_id, refused
from tests.integration.relay.identities import OfficeKeys, fresh_entry_id
from tests.integration.relay.relay_process import RelayProcess

from rogatory_crypto.errors import Code

QUOTAS = (
    "[quotas]\nadditions_of_one_burst = 2\nadditions_of_one_per_hour = 0\n"
    "submission_bytes_burst = 20000\nsubmission_bytes_per_hour = 0\n"
)


@pytest.fixture(scope="module")
def strict_relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProcess]:
    """A relay with small quotas."""
    process = RelayProcess(tmp_path_factory.mktemp("relay"), tables=QUOTAS)
    process.launch()
    yield process
    process.end(signal.SIGTERM)


@pytest.fixture
def relay(strict_relay: RelayProcess) -> RelayProcess:
    return strict_relay


async def test_nobody_fills_another_offices_device_with_groups(
    calls: RelayCalls, office: OfficeKeys, relay: RelayProcess
) -> None:
    # R02
    hostile, colleague = await calls.enrol(office, devices=2)
    victims = OfficeKeys(fresh_entry_id(), relay.operator, int(time.time()))
    victim, another = await calls.enrol(victims, devices=2)
    async with calls.feed(hostile) as feed:
        first = new_id()
        accepted(await feed.commit(new_group(), 0, added=(victim.device_id,)))
        group = new_group()
        accepted(await feed.commit(group, 0, added=(victim.device_id,), submission_id=first))
        denied = refused(await feed.commit(new_group(), 0, added=(victim.device_id,)))
        assert denied.code is Code.QUOTA_EXCEEDED
        # The same once more is answered as before; others, and the own office, are reached as ever.
        accepted(await feed.commit(group, 0, added=(victim.device_id,), submission_id=first))
        accepted(await feed.commit(new_group(), 0, added=(another.device_id,)))
        for _ in range(3):
            accepted(await feed.commit(new_group(), 0, added=(colleague.device_id,)))


async def test_a_device_submits_so_many_bytes(calls: RelayCalls, office: OfficeKeys) -> None:
    # R02
    (device,) = await calls.enrol(office)
    async with calls.feed(device) as feed:
        group = new_group()
        accepted(await feed.commit(group, 0))
        accepted(await feed.submit(group, bytes(15_000)))
        assert refused(await feed.submit(group, bytes(15_000))).code is Code.QUOTA_EXCEEDED
        accepted(await feed.submit(group, bytes(100)))


async def test_a_feed_ends_with_its_devices_entry(calls: RelayCalls, office: OfficeKeys) -> None:
    statements = office.enrolment()
    device, entry = office.device(lifetime=int(time.time()) - office.now + 4)
    await calls.publish(*statements, entry)
    async with calls.feed(device) as feed:
        assert await feed.until_closed() is Code.EXPIRED
