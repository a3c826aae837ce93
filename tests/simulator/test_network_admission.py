"""Two officers of a secretariat say in the log who belongs to their network; nobody else can."""

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulator.running_secretariat import FIRST, SECOND, A, B, enrolled, link, secretariat
from tests.simulator.world import World

from rogatory_client.office import MemberView, Office, SaidBy
from rogatory_client.office.networks.admission import _judged
from rogatory_client.office.networks.proposal import PREFIX, NetworkProposal, read_network_proposal
from rogatory_crypto.errors import Code, MisuseError, PeerError, TransportError
from rogatory_crypto.identity import Role
from rogatory_crypto.log.chains import Place
from rogatory_crypto.log.entry_body import join_parts, sign_part
from rogatory_crypto.signing import PrivateKeys
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_crypto.wire.log_request import EntryPublication, ProposedEntry

C = "CNA-BJ-01"  # the directory does not count it to the network


async def proposed(world: World, entry_id: str = A, *, admitted: bool = True, by: str = FIRST) -> str:
    async with world.at(by) as office:
        return (await office.networks.propose(entry_id, "WACAP", admitted=admitted)).text


async def confirmed(world: World, text: str, *, by: str = SECOND) -> MemberView | None:
    async with world.at(by) as office:
        return await office.networks.confirm(text)


async def refused(world: World, text: str, *, by: str = SECOND) -> PeerError:
    """How a device answers a proposal, before it signs anything; nothing may come of it."""
    size = world.relay.log.size
    async with world.at(by) as office:
        with pytest.raises(PeerError) as judged:
            await office.networks.consider(text)
        with pytest.raises(PeerError) as refusal:
            await office.networks.confirm(text)
        assert refusal.value.code is judged.value.code
        assert office._desk.identity.publication is None
    assert world.relay.log.size == size
    return refusal.value


async def device(world: World, name: str) -> tuple[DeviceId, PrivateKeys]:
    async with world.at(name) as office:
        return office._desk.identity.device_id, office._desk.identity.device_private


def said_by(office: Office, entry_id: str) -> SaidBy | None:
    return {each.entry_id: each.said_by for each in office.networks.members("WACAP")}.get(entry_id)


async def test_two_officers_admit_and_end_and_everybody_can_compare(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await enrolled(world, B)
    text = await proposed(world)
    async with world.at(SECOND) as office:
        seen = await office.networks.consider(text)
        assert (seen.entry_id, seen.admitted, seen.in_directory) == (A, True, True)
        assert (seen.proposer, seen.proposer_role) == ("head of secretariat", "head")
    assert (await confirmed(world, text)) is not None
    await confirmed(world, await proposed(world, C, by=SECOND), by=FIRST)
    async with world.at(B) as office:
        await office.sync()
        assert [said_by(office, each) for each in (A, B, C)] == [SaidBy.BOTH, SaidBy.DIRECTORY, SaidBy.LOG]
        assert {each.entry_id: each.brought_in_by for each in office.networks.members()}[B] == "WACAP"
        with pytest.raises(MisuseError, match="knows a network atlantis"):
            office.networks.members("atlantis")
    member = await confirmed(world, await proposed(world, A, admitted=False))
    assert member is not None
    assert member.said_by is SaidBy.DIRECTORY
    assert await confirmed(world, await proposed(world, C, admitted=False)) is None


async def test_one_officer_is_not_two(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await link(world, "also first", "head of secretariat", Role.HEAD)
    text = await proposed(world)
    for name in (FIRST, "also first"):
        refusal = await refused(world, text, by=name)
        assert refusal.code is Code.FORBIDDEN
        assert "two officers" in refusal.detail


async def test_a_role_that_may_not_neither_proposes_nor_confirms(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await link(world, "clerk", "clerk", Role.CLERK)
    with pytest.raises(MisuseError, match="role clerk may not decide on members"):
        await proposed(world, by="clerk")
    text = await proposed(world)
    with pytest.raises(MisuseError, match="role clerk may not decide on members"):
        await confirmed(world, text, by="clerk")
    forged = signed_as(text, world, *await device(world, "clerk"))
    assert (await refused(world, forged)).code is Code.FORBIDDEN


def signed_as(text: str, world: World, device_id: DeviceId, private: PrivateKeys) -> str:
    """The same proposal from another device."""
    known = read_network_proposal(text)
    signature = sign_part(known.admission, world.network.log_origin, known.place, private)
    return replace(known, proposer=device_id, signature=signature).to_text()


async def test_only_the_networks_own_secretariat_decides(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await enrolled(world, B)
    text = await proposed(world)
    with pytest.raises(MisuseError, match="not the secretariat of WACAP"):
        await proposed(world, by=B)
    with pytest.raises(MisuseError, match="not the secretariat of WACAP"):
        await confirmed(world, text, by=B)
    async with world.at(FIRST) as office:
        with pytest.raises(MisuseError, match="not the secretariat of PAPER"):
            await office.networks.propose(C, "PAPER")
    await world.found_secretariat()
    forged = signed_as(text, world, *world.secretariat.devices[0])
    assert (await refused(world, forged)).code is Code.NOT_FOUND


async def test_who_cannot_be_admitted_is_not_proposed(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    with pytest.raises(MisuseError, match="no entry CNA-XX-99"):
        await proposed(world, "CNA-XX-99")
    with pytest.raises(MisuseError, match="no admission to WACAP that could be ended"):
        await proposed(world, admitted=False)
    await confirmed(world, await proposed(world))
    with pytest.raises(MisuseError, match="is admitted to WACAP already"):
        await proposed(world)


async def test_a_membership_that_is_not_there_is_not_ended_by_the_second_either(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    device_id, private = await device(world, FIRST)
    known = read_network_proposal(await proposed(world))
    ending = replace(known, admission=replace(known.admission, admitted=False))
    text = signed_as(ending.to_text(), world, device_id, private)
    refusal = await refused(world, text)
    assert refusal.code is Code.CONFLICT
    assert "changes nothing" in refusal.detail


async def test_who_left_the_directory_can_be_ended(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await confirmed(world, await proposed(world))
    await world.publish_records(2, [each for each in world.records() if each["record_id"] != A], [B])
    async with world.at(FIRST) as office:
        await office.sync()
        assert said_by(office, A) is SaidBy.LOG
    assert await confirmed(world, await proposed(world, admitted=False)) is None


async def test_a_proposal_is_worth_one_entry(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    text = await proposed(world)
    await confirmed(world, text)
    refusal = await refused(world, text)
    assert (refusal.code, "admitted to WACAP already" in refusal.detail) == (Code.ALREADY_USED, True)
    await confirmed(world, await proposed(world, admitted=False))
    refusal = await refused(world, text)
    assert (refusal.code, "proposed anew" in refusal.detail) == (Code.CONFLICT, True)


async def test_of_two_proposals_for_one_place_the_second_is_proposed_anew(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    first, second = await proposed(world, A), await proposed(world, B)
    await confirmed(world, first)
    refusal = await refused(world, second)
    assert refusal.code is Code.CONFLICT
    assert "another entry about WACAP came first: this must be proposed anew" in refusal.detail
    assert await confirmed(world, await proposed(world, B)) is not None


async def test_an_entry_that_comes_between_check_and_publication_is_named_too(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    text, rival = await proposed(world, A), read_network_proposal(await proposed(world, B))
    devices = [await device(world, FIRST), await device(world, SECOND)]
    signatures = [
        (device_id, sign_part(rival.admission, world.network.log_origin, rival.place, private))
        for device_id, private in devices
    ]
    entry = join_parts(rival.admission, rival.place, signatures, int(world.now))
    publish = world.relay.publish_entries

    async def overtaken(publication: EntryPublication) -> object:
        world.relay.publish_entries = publish  # type: ignore[method-assign]
        await publish(EntryPublication((ProposedEntry(entry.type, entry.body),)))
        return await publish(publication)

    world.relay.publish_entries = overtaken  # type: ignore[method-assign,assignment]
    async with world.at(SECOND) as office:
        with pytest.raises(PeerError) as refusal:
            await office.networks.confirm(text)
        assert refusal.value.code is Code.CONFLICT
        assert office._desk.identity.publication is None
        assert said_by(office, B) is SaidBy.BOTH
        assert said_by(office, A) is SaidBy.DIRECTORY


async def test_what_was_signed_is_published_after_a_cut(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    text = await proposed(world)
    world.relay.log.cosigns = False
    with pytest.raises(TransportError):
        await confirmed(world, text)
    world.relay.log.cosigns = True
    world.relay.log.publish()
    async with world.at(SECOND) as office:
        await office.sync()
        assert said_by(office, A) is SaidBy.BOTH
        assert office._desk.identity.publication is None


async def test_nobody_confirms_what_a_revoked_device_has_proposed(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await link(world, "third", "liaison magistrate")
    text = await proposed(world, by="third")
    async with world.at(FIRST) as office:
        await office.revoke_device((await device(world, "third"))[0].hex(), "compromised")
    assert (await refused(world, text)).code is Code.REVOKED


@pytest.mark.parametrize(
    "change",
    [
        lambda known: replace(known, admission=replace(known.admission, entry_id=B)),
        lambda known: replace(known, signature=known.signature[:-1] + bytes([known.signature[-1] ^ 1])),
        lambda known: replace(known, signature=bytes([known.signature[0] ^ 1]) + known.signature[1:]),
    ],
    ids=["authority", "ML-DSA-44", "Ed25519"],
)
async def test_what_the_first_officer_did_not_sign_is_refused(
    tmp_path: Path, change: Callable[[NetworkProposal], NetworkProposal]
) -> None:
    world = await secretariat(tmp_path)
    changed = change(read_network_proposal(await proposed(world)))
    assert (await refused(world, changed.to_text())).code is Code.BAD_SIGNATURE


async def test_a_signature_for_another_log_or_place_is_none(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    known, (_, private) = read_network_proposal(await proposed(world)), await device(world, FIRST)
    for origin, place in (
        ("other.example/log", known.place),
        (world.network.log_origin, Place(1, b"p" * 32)),
    ):
        signature = sign_part(known.admission, origin, place, private)
        forged = replace(known, signature=signature).to_text()
        assert (await refused(world, forged)).code is Code.BAD_SIGNATURE


async def test_no_byte_of_a_proposal_can_be_changed(tmp_path: Path) -> None:
    """Each of what is said and of both ends of the signature; its middle is the signature's own matter."""
    world = await secretariat(tmp_path)
    encoded = base64.urlsafe_b64decode((text := await proposed(world)).removeprefix(PREFIX))
    async with world.at(SECOND) as office:
        await office.networks.consider(text)
        for at in (*range(200), *range(len(encoded) - 20, len(encoded))):
            changed = bytearray(encoded)
            changed[at] ^= 1
            with pytest.raises((PeerError, MisuseError)):
                _judged(office._desk, PREFIX + base64.urlsafe_b64encode(changed).decode())
