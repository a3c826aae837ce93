"""An office of many devices that are never started: all they do is make a room's tree large."""

from tests.integration.relay.identities import OfficeKeys, Operator
from tests.simulator.log import proposed
from tests.simulator.world import World

from rogatory_crypto import mls, signing
from rogatory_crypto.wire.identifier import EntryId


async def enter_silent_office(world: World, entry_id: str, devices: int) -> None:
    """Enrol an office and publish for each device the one KeyPackage that everybody gets."""
    office = OfficeKeys(EntryId(entry_id), Operator(world.network.directory_private), int(world.now))
    statements = office.enrolment()
    made = []
    for _ in range(devices):
        device, entry = office.device()
        statements.append(entry)
        made.append(device)
    await world.relay.publish_entries(proposed(statements))
    suite = mls.cipher_suite(world.profile.suite)
    lifetime = mls.Lifetime(int(world.now) - 60, int(world.now) + 28 * 86_400)
    for device in made:
        signer = mls.SignatureKeyPair(device.private_key, signing.public_key(device.private_key))
        identity = world.relay.registry.credential_of(device.device_id).encode()
        credential = mls.BasicCredential(identity)
        package = mls.generate_key_package(
            suite, signer, credential, lifetime, world.chance.randbytes, last_resort=True
        )
        world.relay.last_resorts[device.device_id] = package.message
