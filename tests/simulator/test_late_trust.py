"""A relay that lists entries first and tells of newer trust afterwards makes no two devices differ."""

from pathlib import Path

from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import SECRETARIATS, World
from tests.trusted_network import TrustedNetwork

from rogatory_crypto.identity import Invitation, Signer, generate_code, sign_statement
from rogatory_crypto.identity.former import NOBODY, Former
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.signing import generate_private_keys
from rogatory_crypto.wire.identifier import EntryId

INVITED = "somebody was invited to enrol as this office"
NOT_BELIEVED = "is not believed"


async def invited_before_the_trust_was_told(folder: Path) -> tuple[World, TrustedNetwork, bytes]:
    """The operator invites B anew, which only the next network trust lets it do; A and B have read it."""
    world = await world_with(folder, A, B)
    world.tick(10)
    for name in (A, B):
        await world.sync(name)
    code, now = generate_code(world.chance.randbytes), int(world.now)
    newer = world.network.renewed(
        secretariats={**SECRETARIATS, "LATE": EntryId(B)},
        former=Former(secretariats=((now, "LATE", None),)),
    )
    letter = Invitation(world.relay.origin, EntryId(B), code.public_key(), now, now + 86_400)
    signed = sign_statement(letter, {Signer.OPERATOR: world.network.directory_private}).encoded
    log = world.relay.log
    log.force(log.forced(EntryType.IDENTITY_STATEMENT, signed))
    log.publish()
    for name in (A, B):
        await world.sync(name)
    return world, newer, code.public_key()


async def told(world: World, name: str, about: str) -> int:
    async with world.at(name) as office:
        return sum(about in each.text for each in office.alarms())


async def believes(world: World, name: str, code: bytes) -> bool:
    async with world.at(name) as office:
        assert bool(office._desk.replica.refused) != (office._desk.registry.invitation_for(code) is not None)
        return not office._desk.replica.refused


async def test_what_was_refused_under_older_trust_is_judged_anew(tmp_path: Path) -> None:
    world, newer, code = await invited_before_the_trust_was_told(tmp_path)
    for name in (A, B):
        assert not await believes(world, name, code)
        assert await told(world, name, NOT_BELIEVED) == 1
    assert await told(world, B, INVITED) == 0

    world.relay.log.network = newer
    for name in (A, B):
        async with world.at(name) as office:
            await office.sync()
            assert not office._desk.replica.refused
        assert await believes(world, name, code), "nor is it forgotten by a restart"
    assert await told(world, B, INVITED) == 1


async def test_what_newer_trust_refuses_is_believed_no_more(tmp_path: Path) -> None:
    world, newer, code = await invited_before_the_trust_was_told(tmp_path)
    world.relay.log.network = newer
    await world.sync(A)
    assert await believes(world, A, code)
    world.relay.log.network = newer.renewed(secretariats=SECRETARIATS, former=NOBODY)
    await world.sync(A)
    assert not await believes(world, A, code)


async def test_a_directory_that_newer_trust_refuses_keeps_nobody_out(tmp_path: Path) -> None:
    """Its operator's key was withdrawn as of an earlier hour; what else the vault holds is still there."""
    world = await world_with(tmp_path, A)
    world.tick(7_200)
    await world.publish_records(2, world.records(), [A])
    await world.sync(A)
    successor = generate_private_keys(world.chance.randbytes)
    ended = Former(operators=((int(world.now) - 3_600, world.network.directory_public),))
    world.relay.log.network = world.network.renewed(directory_key=successor.public, former=ended)
    await world.sync(A)
    async with world.at(A) as office:
        assert office.directory() == ()
        assert office.identity.entry_id == A
        await office.sync()
