"""How many KeyPackages a device may store and take, at a relay with small quotas."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.relay.device_client import RelayCalls
from tests.integration.relay.identities import OfficeKeys
from tests.integration.relay.relay_process import RelayProcess
from tests.integration.relay.test_calls import claim, key_package, refusal, upload

from rogatory_crypto.errors import Code
from rogatory_crypto.wire.limits import MAX_KEY_PACKAGES_PER_UPLOAD
from rogatory_server.device_session import MAX_STOCK

QUOTAS = (
    "[quotas]\nkey_package_uploads_burst = 6\nkey_package_uploads_per_hour = 0\n"
    "key_package_claims_burst = 3\nkey_package_claims_per_hour = 0\n"
)


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    """A fresh relay with small quotas."""
    process = RelayProcess(tmp_path, tables=QUOTAS)
    process.launch()
    yield process
    process.end(signal.SIGTERM)


async def test_a_device_takes_so_many_key_packages(calls: RelayCalls, office: OfficeKeys) -> None:
    # Q08: nobody empties the stock of others
    hostile, victim = await calls.enrol(office, devices=2)
    token = await calls.token(hostile)
    packages = [key_package(victim, 3) for _ in range(4)]
    await upload(calls, await calls.token(victim), *packages)
    assert await claim(calls, token, victim, victim, victim) == packages[:3]
    assert await refusal(claim(calls, token, victim)) is Code.QUOTA_EXCEEDED
    other = await calls.token(victim)
    assert await claim(calls, other, victim) == packages[3:]


async def test_a_device_stores_so_many_key_packages(calls: RelayCalls, office: OfficeKeys) -> None:
    # Q08 R02: what does not fit is refused as a whole, and a device does not upload for ever
    (device,) = await calls.enrol(office)
    token = await calls.token(device)
    pieces = MAX_STOCK // MAX_KEY_PACKAGES_PER_UPLOAD
    for piece in range(pieces):
        packages = [key_package(device, 2) for _ in range(MAX_KEY_PACKAGES_PER_UPLOAD)]
        assert await upload(calls, token, *packages) == (piece + 1) * MAX_KEY_PACKAGES_PER_UPLOAD
    assert await refusal(upload(calls, token, key_package(device, 2))) is Code.QUOTA_EXCEEDED
    assert await upload(calls, token) == MAX_STOCK
    assert await refusal(upload(calls, token)) is Code.QUOTA_EXCEEDED
