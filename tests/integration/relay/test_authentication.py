"""Device authentication against a real relay."""

import secrets
from collections.abc import Awaitable
from dataclasses import replace

import pytest
from tests.integration.relay.device_client import RelayCalls, accepted, new_group
from tests.integration.relay.identities import OfficeKeys
from tests.integration.relay.relay_process import RelayProcess

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.challenge import sign_challenge
from rogatory_crypto.wire.frame import LogGrew
from rogatory_crypto.wire.identifier import DeviceId


@pytest.fixture
def relay(shared_relay: RelayProcess) -> RelayProcess:
    return shared_relay


async def refusal(attempt: Awaitable[object]) -> Code:
    with pytest.raises(PeerError) as caught:
        await attempt
    return caught.value.code


async def test_a_signature_for_another_server_name_is_refused(calls: RelayCalls, office: OfficeKeys) -> None:
    (device,) = await calls.enrol(office)
    assert await calls.token(device, server_name="localhost")
    assert await refusal(calls.token(device, server_name="other.example")) is Code.UNAUTHENTICATED


async def test_a_challenge_is_good_once_and_for_one_device(calls: RelayCalls, office: OfficeKeys) -> None:
    first, second = await calls.enrol(office, devices=2)
    asked = await calls.challenge(first.device_id)
    stolen = sign_challenge(
        asked.nonce, server_name="127.0.0.1", device_id=second.device_id, private_key=second.private_key
    )
    assert await refusal(calls.exchange(stolen)) is Code.UNAUTHENTICATED
    asked = await calls.challenge(first.device_id)
    own = sign_challenge(
        asked.nonce, server_name="127.0.0.1", device_id=first.device_id, private_key=first.private_key
    )
    assert await calls.exchange(own)
    assert await refusal(calls.exchange(own)) is Code.UNAUTHENTICATED


async def test_an_unknown_device_learns_nothing_and_gets_nothing(
    calls: RelayCalls, office: OfficeKeys
) -> None:
    (device,) = await calls.enrol(office)
    stranger = replace(device, device_id=DeviceId(secrets.token_bytes(16)))
    assert await refusal(calls.token(stranger)) is Code.UNAUTHENTICATED


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer " + "x" * 43, "Basic dTpw", "Bearer " + "x" * 4000])
async def test_without_a_token_no_door_opens(calls: RelayCalls, header: str) -> None:
    headers = {"Authorization": header, "Content-Type": "application/cbor"}
    for method, path in (
        ("GET", "/v1/feed"),
        ("GET", "/v1/key-packages?suite=1"),
        ("GET", "/v1/blobs/" + "0" * 32),
    ):
        async with calls.http.request(
            method, calls.relay.url + path, headers=headers, ssl=calls.tls
        ) as answer:
            assert answer.status == 401


async def test_a_revoked_device_is_cut_off_at_once_and_stays_out(
    calls: RelayCalls, office: OfficeKeys
) -> None:
    first, second = await calls.enrol(office, devices=2)
    token = await calls.token(second)
    async with calls.feed(first) as watching, calls.feed(second, token) as feed:
        before = (await calls.publish(office.revocation(second))).first_index
        assert await feed.until_closed() is Code.REVOKED
        assert (await watching.expect(LogGrew)).size == before + 1
    assert await refusal(calls.call("GET", "/v1/key-packages?suite=1", token=token)) is Code.UNAUTHENTICATED
    assert await refusal(calls.token(second)) is Code.REVOKED


async def test_a_token_does_not_outlive_the_process_but_the_device_does(
    calls: RelayCalls, office: OfficeKeys
) -> None:
    (device,) = await calls.enrol(office)
    token = await calls.token(device)
    await calls.relay.kill()
    await calls.relay.start()
    assert await refusal(calls.call("GET", "/v1/key-packages?suite=1", token=token)) is Code.UNAUTHENTICATED
    async with calls.feed(device) as feed:
        accepted(await feed.commit(new_group(), 0))
