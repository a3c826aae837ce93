"""Devices of an office that has keys at a real relay and is never started: they make a room's tree large."""

import os
import time
from collections.abc import Sequence

from tests.integration.relay.identities import DeviceKeys, OfficeKeys, Operator

from rogatory_client.cli.directory.operator_key import open_operator_key
from rogatory_client.demo.world import World
from rogatory_client.transport import HttpsLine
from rogatory_client.transport.line import DeviceKey
from rogatory_crypto import mls, signing
from rogatory_crypto.identity import NetworkProfile, parse_profile
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.wire.identifier import EntryId
from rogatory_crypto.wire.log_request import EntryPublication, ProposedEntry
from rogatory_crypto.wire.request import KeyPackageUpload


async def enter_silent_devices(world: World, entry_id: str, count: int) -> None:
    """Enrol an office with so many devices and give the relay a lasting KeyPackage of each."""
    operator = Operator(open_operator_key(world.operator.key, world.operator.passphrase))
    office = OfficeKeys(EntryId(entry_id), operator, int(time.time()))
    statements = office.enrolment()
    made = [office.device() for _ in range(count)]
    statements += [statement for _, statement in made]
    profile = parse_profile(world.profile.read_text())
    first = await _publish(profile, statements) + 2
    for index, (device, _) in enumerate(made, start=first):
        await _give_key_package(profile, device, index)


async def _publish(profile: NetworkProfile, statements: Sequence[bytes]) -> int:
    """Publish statements; return the index of the first."""
    proposed = tuple(ProposedEntry(EntryType.IDENTITY_STATEMENT, statement) for statement in statements)
    line = _line(profile)
    try:
        return (await line.publish_entries(EntryPublication(proposed))).first_index
    finally:
        await line.close()


async def _give_key_package(profile: NetworkProfile, device: DeviceKeys, index: int) -> None:
    now = int(time.time())
    package = mls.generate_key_package(
        mls.cipher_suite(profile.suite),
        mls.SignatureKeyPair(device.private_key, signing.public_key(device.private_key)),
        mls.BasicCredential(device.identity(index)),
        mls.Lifetime(now - 60, now + 7 * 86_400),
        os.urandom,
        last_resort=True,
    )
    line = _line(profile)
    session = await line.session(DeviceKey(device.device_id, device.private_key))
    await session.upload_key_packages(KeyPackageUpload(profile.suite, (), package.message))
    await line.close()


def _line(profile: NetworkProfile) -> HttpsLine:
    return HttpsLine(profile, lambda: int(time.time() * 1000))
