"""Statements, directory, KeyPackages and bad requests over HTTPS."""

import os
import time
from collections.abc import Awaitable
from hashlib import sha256

import pytest
from tests.integration.relay.device_client import RelayCalls
from tests.integration.relay.identities import DAY, ORIGIN, DeviceKeys, OfficeKeys
from tests.integration.relay.relay_process import RelayProcess

from rogatory_crypto import mls
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity.snapshot import Snapshot, sign_snapshot
from rogatory_crypto.log.chains import FIRST, Place
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.signing import generate_private_keys
from rogatory_crypto.wire.frame import PROTOCOL_VERSION
from rogatory_crypto.wire.identifier import EntryId
from rogatory_crypto.wire.log_request import EntryPublication, ProposedEntry
from rogatory_crypto.wire.request import (
    ClaimedKeyPackages,
    KeyPackageClaim,
    KeyPackageStock,
    KeyPackageUpload,
    RelayInfo,
)

SUITE = 0x0001


async def refusal(attempt: Awaitable[object]) -> Code:
    with pytest.raises(PeerError) as caught:
        await attempt
    return caught.value.code


async def test_the_relay_says_who_it_is(relay: RelayProcess, calls: RelayCalls) -> None:
    info = RelayInfo.decode(await calls.call("GET", "/v1/info"))
    assert (info.version, info.origin, info.postmark_key) == (PROTOCOL_VERSION, ORIGIN, relay.postmark_key)
    assert abs(info.now_ms / 1000 - time.time()) < 60


async def bodies(calls: RelayCalls, first: int = 0) -> list[bytes]:
    return [LogEntry.decode(entry).body for entry in (await calls.log_page(first)).entries]


async def test_statements_stand_in_the_log_in_order_and_survive_a_restart(
    relay: RelayProcess, calls: RelayCalls, office: OfficeKeys
) -> None:
    enrolment = office.enrolment()
    _, entry = office.device()
    assert (await calls.publish(*enrolment)).first_index == 0
    assert (await calls.publish(entry)).first_index == 2
    await relay.kill()
    await relay.start()
    assert await bodies(calls) == [*enrolment, entry]
    assert await bodies(calls, 2) == [entry]
    beyond = await calls.log_page(9)
    assert (beyond.size, beyond.entries) == (3, ())


async def test_a_publication_stands_or_falls_as_one(calls: RelayCalls, office: OfficeKeys) -> None:
    enrolment = office.enrolment()
    _, skipped = office.device()
    _, late = office.device()
    assert await refusal(calls.publish(*enrolment, late)) is Code.CONFLICT
    assert await bodies(calls) == []
    await calls.publish(*enrolment, skipped, late)
    assert await refusal(calls.publish(*enrolment)) is Code.CONFLICT
    assert await refusal(calls.publish(skipped)) is Code.CONFLICT


async def test_a_statement_of_a_foreign_operator_is_refused(calls: RelayCalls) -> None:
    foreign = OfficeKeys(EntryId("CNA-XX-01"), type(calls.relay.operator)(), int(time.time()))
    assert await refusal(calls.publish(*foreign.enrolment())) is Code.BAD_SIGNATURE


async def test_the_directory_is_replaced_by_newer_snapshots_only(
    relay: RelayProcess, calls: RelayCalls
) -> None:
    assert await refusal(calls.call("GET", "/v1/directory")) is Code.NOT_FOUND
    operator = relay.operator
    old, new = (
        sign_snapshot(Snapshot(ORIGIN, number, 0, b"[]" * number, b"{}"), operator.private_key)
        for number in (1, 2)
    )
    assert await refusal(calls.call("PUT", "/v1/directory", old)) is Code.NOT_FOUND
    await calls.publish_entries(operator.snapshot_entry(1, old, FIRST))
    (first,) = map(LogEntry.decode, (await calls.log_page()).entries)
    assert await refusal(calls.call("PUT", "/v1/directory", new)) is Code.NOT_FOUND
    await calls.call("PUT", "/v1/directory", old)
    await calls.publish_entries(operator.snapshot_entry(2, new, Place(1, first.leaf)))
    await calls.call("PUT", "/v1/directory", new)
    await calls.call("PUT", "/v1/directory", new)
    assert await refusal(calls.call("PUT", "/v1/directory", old)) is Code.NOT_FOUND
    stranger = generate_private_keys(os.urandom)
    forged = sign_snapshot(Snapshot(ORIGIN, 3, 0, b"[]", b"{}"), stranger)
    assert await refusal(calls.call("PUT", "/v1/directory", forged)) is Code.BAD_SIGNATURE
    assert await calls.call("GET", "/v1/directory") == new
    tag = f'"{sha256(new).hexdigest()}"'
    async with calls.http.get(
        relay.url + "/v1/directory", headers={"If-None-Match": tag}, ssl=calls.tls
    ) as answer:
        assert (answer.status, await answer.read()) == (304, b"")


def key_package(device: DeviceKeys, index: int, *, last_resort: bool = False, days: int = 28) -> bytes:
    suite, now = mls.cipher_suite(SUITE), int(time.time())
    signer = mls.SignatureKeyPair(
        device.private_key, mls.generate_signature_key(suite, lambda _: device.private_key).public
    )
    lifetime = mls.Lifetime(now - 60, now + days * DAY)
    made = mls.generate_key_package(
        suite,
        signer,
        mls.BasicCredential(device.identity(index)),
        lifetime,
        os.urandom,
        last_resort=last_resort,
    )
    return made.message


async def upload(calls: RelayCalls, token: str, *packages: bytes, last_resort: bytes | None = None) -> int:
    body = KeyPackageUpload(SUITE, packages, last_resort).encode()
    return KeyPackageStock.decode(await calls.call("POST", "/v1/key-packages", body, token=token)).remaining


async def claim(calls: RelayCalls, token: str, *devices: DeviceKeys) -> list[bytes | None]:
    body = KeyPackageClaim(SUITE, tuple(device.device_id for device in devices)).encode()
    answer = await calls.call("POST", "/v1/key-packages/claims", body, token=token)
    return [item.key_package for item in ClaimedKeyPackages.decode(answer).key_packages]


async def test_a_key_package_is_handed_out_once_and_the_last_resort_again(
    calls: RelayCalls, office: OfficeKeys
) -> None:
    # R03 E07
    first, second = await calls.enrol(office, devices=2)
    token, other = await calls.token(first), await calls.token(second)
    packages = [key_package(first, 2), key_package(first, 2)]
    last = key_package(first, 2, last_resort=True)
    assert await upload(calls, token, *packages, last_resort=last) == 2
    assert await upload(calls, token, packages[0]) == 2
    claimed = [await claim(calls, other, first, second) for _ in range(4)]
    assert claimed == [[packages[0], None], [packages[1], None], [last, None], [last, None]]


async def test_a_device_uploads_its_own_valid_key_packages_only(
    calls: RelayCalls, office: OfficeKeys
) -> None:
    # E02
    first, second = await calls.enrol(office, devices=2)
    token = await calls.token(first)
    good = key_package(first, 2)
    for bad, code in (
        (key_package(second, 3), Code.INVALID_CREDENTIAL),
        (key_package(first, 3), Code.INVALID_CREDENTIAL),
        (good[:-1], None),
        (b"", None),
    ):
        refused = await refusal(upload(calls, token, good, bad))
        assert code in {refused, None}
    assert await upload(calls, token) == 0


async def test_a_revoked_device_leaves_no_key_packages(calls: RelayCalls, office: OfficeKeys) -> None:
    first, second = await calls.enrol(office, devices=2)
    await upload(calls, await calls.token(first), key_package(first, 2))
    await calls.publish(office.revocation(first))
    assert await claim(calls, await calls.token(second), first) == [None]


async def test_publishing_without_end_is_refused_by_address(calls: RelayCalls) -> None:
    garbage = EntryPublication((ProposedEntry(EntryType.IDENTITY_STATEMENT, b"x"),)).encode()
    codes = [await refusal(calls.call("POST", "/v1/log/entries", garbage)) for _ in range(61)]
    assert codes[0] is Code.MALFORMED
    assert codes[-1] is Code.QUOTA_EXCEEDED
