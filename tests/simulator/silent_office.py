"""An office of many devices that are never started: all they do is make a room's tree large."""

from tests.integration.relay.identities import OfficeKeys, Operator
from tests.simulator.log import proposed
from tests.simulator.world import World

from rogatory_crypto import mls, signing
from rogatory_crypto.identity import (
    AuthorityEntry,
    Signer,
    decode_statement,
    generate_code,
    sign_statement,
)
from rogatory_crypto.wire.identifier import EntryId


async def enter_silent_office(world: World, entry_id: str, devices: int) -> None:
    """Enrol an office and publish for each device the one KeyPackage that everybody gets."""
    office = OfficeKeys(EntryId(entry_id), Operator(world.network.directory_private), int(world.now))
    await world.found_secretariat()
    statements = _enrolment(world, office)
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


def _enrolment(world: World, office: OfficeKeys) -> list[bytes]:
    code = generate_code(world.chance.randbytes)
    invitation = decode_statement(world.invitation(office.entry_id, code))
    entry = AuthorityEntry(
        office.entry_id, office.private_key.public, invitation.hash, 0, None, int(world.now)
    )
    keys = {Signer.CODE: code.private_key(), Signer.NEW_OFFICE: office.private_key.ed25519}
    return [invitation.encoded, office._advance(sign_statement(entry, keys))]
