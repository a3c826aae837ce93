"""What goes wrong with an invitation: each is named, and nothing comes of it."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from tests.simulator.log import proposed
from tests.simulator.running_secretariat import (
    FIRST,
    NET,
    SECOND,
    A,
    B,
    code_for,
    confirm,
    enrolled,
    link,
    proposal,
    secretariat,
)
from tests.simulator.world import World

from rogatory_client.office.admission.procedure import _judged
from rogatory_client.office.admission.proposal import PREFIX, Proposal, read_proposal
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import (
    AuthorityEntry,
    EnrolmentCode,
    Invitation,
    Role,
    SignedStatement,
    Signer,
    decode_statement,
    join_signatures,
    parse_code,
    sign_statement,
    signature_of,
)
from rogatory_crypto.signing import PrivateKeys
from rogatory_crypto.wire.identifier import DeviceId, EntryId


async def refused(world: World, name: str, text: str) -> Code:
    """How a device answers a proposal; nothing may come of it."""
    size = world.relay.log.size
    async with world.at(name) as office:
        with pytest.raises(PeerError) as refusal:
            await office.admissions.confirm(text)
        assert office._desk.identity.publication is None
    assert world.relay.log.size == size
    return refusal.value.code


async def misused(world: World, name: str, text: str, said: str) -> None:
    size = world.relay.log.size
    async with world.at(name) as office:
        with pytest.raises(MisuseError, match=said):
            await office.admissions.confirm(text)
    assert world.relay.log.size == size


async def test_no_byte_of_a_proposal_can_be_changed(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    text = await proposal(world)
    encoded = base64.urlsafe_b64decode(text.removeprefix(PREFIX))
    async with world.at(SECOND) as office:
        await office.admissions.consider(text)
        for at in range(len(encoded)):
            changed = bytearray(encoded)
            changed[at] ^= 1
            with pytest.raises((PeerError, MisuseError)):
                _judged(office._desk, PREFIX + base64.urlsafe_b64encode(changed).decode())


@pytest.mark.parametrize("at", [len(PREFIX) + 80, -60, -2])
async def test_nothing_comes_of_a_proposal_that_was_changed(tmp_path: Path, at: int) -> None:
    world = await secretariat(tmp_path)
    text = await proposal(world)
    changed = list(text)
    changed[at] = "A" if changed[at] != "A" else "B"
    assert await refused(world, SECOND, "".join(changed)) in {Code.BAD_SIGNATURE, Code.MALFORMED}


@pytest.mark.parametrize("text", ["", "rogatory-proposal-1:", "rogatory-link-2:AAAA", "x" * 9_000])
async def test_what_is_no_proposal_is_refused(tmp_path: Path, text: str) -> None:
    world = await secretariat(tmp_path)
    assert await refused(world, SECOND, text) in {Code.MALFORMED, Code.TOO_LARGE}


async def test_the_proposer_cannot_confirm(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await link(world, "also first", "head of secretariat", Role.HEAD)
    text = await proposal(world)
    await misused(world, FIRST, text, "another device is to confirm")
    async with world.at(FIRST) as office:
        for each in office.devices():
            if each.officer == "head of secretariat":
                with pytest.raises(MisuseError, match="another officer"):
                    await office.admissions.propose(A, "WACAP", confirmer=each.device_id)


async def test_one_officer_with_two_devices_is_one_officer(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await link(world, "also first", "head of secretariat", Role.HEAD)
    text = await proposal(world)
    async with world.at("also first") as office:
        also = office._desk.identity.device_id
    async with world.at(FIRST) as office:
        forged = signed_by_one(read_proposal(text).invitation, office._desk.identity.device_private, also)
    assert await refused(world, "also first", forged) is Code.FORBIDDEN


def signed_by_one(invitation: Invitation, keys: PrivateKeys, confirmer: DeviceId) -> str:
    changed = replace(invitation, confirmer=confirmer)
    return Proposal(changed, signature_of(changed, Signer.PROPOSER, keys)).to_text()


async def test_a_role_that_may_not_neither_proposes_nor_confirms(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await link(world, "clerk", "clerk", Role.CLERK)
    async with world.at("clerk") as office:
        clerk = office._desk.identity.device_id
        with pytest.raises(MisuseError, match="role clerk may not invite"):
            await office.admissions.propose(A, "WACAP")
    text = await proposal(world)
    async with world.at(FIRST) as office:
        await office.sync(until_idle=False)
        with pytest.raises(MisuseError, match="name one device"):
            await office.admissions.propose(A, "WACAP", confirmer=clerk.hex())
        forged = signed_by_one(read_proposal(text).invitation, office._desk.identity.device_private, clerk)
    assert await refused(world, "clerk", forged) is Code.FORBIDDEN


async def test_another_office_neither_proposes_nor_confirms(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await enrolled(world, B)
    async with world.at(B) as office:
        with pytest.raises(MisuseError, match="not the secretariat"):
            await office.admissions.propose(A, "WACAP")
    await misused(world, B, await proposal(world), "not the secretariat")


async def test_nobody_confirms_twice(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    text = await proposal(world)
    await confirm(world, text)
    assert await refused(world, SECOND, text) is Code.ALREADY_USED


async def test_nobody_confirms_too_late(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    text = await proposal(world, days=1)
    world.tick(86_400)
    assert await refused(world, SECOND, text) is Code.EXPIRED


async def test_nobody_confirms_what_a_revoked_device_has_proposed(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await link(world, "third", "liaison magistrate", Role.SECRETARIAT_OFFICER)
    async with world.at(SECOND) as office:
        second = office.identity.device_id
    async with world.at("third") as office:
        text = (await office.admissions.propose(A, "WACAP", confirmer=second)).text
        third = office.identity.device_id
    async with world.at(FIRST) as office:
        await office.revoke_device(third, "compromised")
    assert await refused(world, SECOND, text) is Code.REVOKED


@pytest.mark.parametrize(
    ("entry_id", "said"),
    [
        ("CNA-XX-99", "no entry"),
        ("CNA-BF-01", "not a member"),
        (NET, "secretariat"),
    ],
)
async def test_only_members_of_the_directory_are_proposed(tmp_path: Path, entry_id: str, said: str) -> None:
    world = await secretariat(tmp_path)
    async with world.at(FIRST) as office:
        with pytest.raises(MisuseError, match=said):
            await office.admissions.propose(entry_id, "WACAP")
        with pytest.raises(MisuseError, match="knows no network"):
            await office.admissions.propose(A, "ATLANTIS")
        for days in (0, 91):
            with pytest.raises(MisuseError, match="1 to 90 days"):
                await office.admissions.propose(A, "WACAP", days=days)


@pytest.mark.parametrize("change", ["withdrawn", "not a member", "gone", "lookalike", "mixed"])
async def test_the_second_officer_asks_his_own_directory(tmp_path: Path, change: str) -> None:
    world = await secretariat(tmp_path)
    text = await proposal(world)
    said = await directory_changed(world, change)
    await misused(world, SECOND, text, said)


async def directory_changed(world: World, change: str) -> str:
    """Let the directory operator publish another directory; return what is said of the proposal then."""
    members = [B, "CNA-NG-01"] if change == "not a member" else [A, B, "CNA-NG-01"]
    records = [record for record in world.records() if change != "gone" or record["record_id"] != A]
    for record in records:
        if record["record_id"] == A:
            if change == "withdrawn":
                record["status"] = "withdrawn"
            if change == "mixed":
                record["name"]["en"] = record["name"]["en"].replace(
                    "Central", "C\N{CYRILLIC SMALL LETTER IE}ntral"
                )
            if change == "lookalike":
                records.append({**record, "record_id": "CNA-SN-02"})
                break
    await world.publish_records(2, records, members)
    words = {"gone": "no entry", "lookalike": "would be taken for", "mixed": "two scripts"}
    return words.get(change, change)


async def test_a_relay_cannot_put_its_own_keys_in_the_offices_place(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    code = parse_code(await code_for(world))
    honest = entry_of(world, code, PrivateKeys(b"\1" * 32, b"\2" * 32))
    thief = PrivateKeys(b"\3" * 32, b"\4" * 32)
    # It has the office's statement in its hands, and swaps the keys: the code's signature covers them.
    swapped = replace(honest.statement, keys=thief.public)  # type: ignore[arg-type]
    stolen = {
        Signer.CODE: honest.signatures[0],
        Signer.NEW_OFFICE: signature_of(swapped, Signer.NEW_OFFICE, thief.ed25519),
    }
    assert await published(world, join_signatures(swapped, stolen)) is Code.BAD_SIGNATURE
    # Nor can it keep the keys and prove them for somebody else.
    repossessed = {
        **stolen,
        Signer.NEW_OFFICE: signature_of(honest.statement, Signer.NEW_OFFICE, thief.ed25519),
    }
    assert await published(world, join_signatures(honest.statement, repossessed)) is Code.BAD_SIGNATURE
    assert await published(world, honest) is None
    assert await published(world, honest) is Code.CONFLICT, "replayed"


async def test_a_guessed_code_is_answered_like_every_other_guess(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await code_for(world)
    guesses = [EnrolmentCode(world.chance.randbytes(20)) for _ in range(5)]
    world.new_device("guesser")
    async with world.at("guesser") as office:
        for guess in guesses:
            with pytest.raises(PeerError, match="no invitation belongs to this code") as refusal:
                await office.enrol(guess.printable(), "head")
            assert refusal.value.code is Code.NOT_FOUND
    # Whoever names the open invitation himself learns as little.
    answers = [
        await said_to(world, entry_of(world, guess, PrivateKeys(b"\5" * 32, b"\6" * 32))) for guess in guesses
    ]
    assert set(answers) == {(Code.BAD_SIGNATURE, "signature of the code key")}


def entry_of(world: World, code: EnrolmentCode, keys: PrivateKeys) -> SignedStatement:
    """An entry that claims the newest invitation of A."""
    invitation = next(
        each.hash for each in reversed(world.relay.registry.invitations) if each.invitation.entry_id == A
    )
    entry = AuthorityEntry(EntryId(A), keys.public, invitation, 0, None, int(world.now))
    return sign_statement(entry, {Signer.CODE: code.private_key(), Signer.NEW_OFFICE: keys.ed25519})


async def published(world: World, signed: SignedStatement) -> Code | None:
    answer = await said_to(world, signed)
    return None if answer is None else answer[0]


async def said_to(world: World, signed: SignedStatement) -> tuple[Code, str] | None:
    try:
        await world.relay.publish_entries(proposed([signed.encoded]))
    except PeerError as error:
        return error.code, error.detail
    return None


async def test_used_and_replaced_codes_are_refused(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    first = await code_for(world)
    second = await code_for(world)
    for name, code, expected in (
        ("x", first, Code.EXPIRED),
        (A, second, None),
        ("y", second, Code.ALREADY_USED),
    ):
        world.new_device(name)
        async with world.at(name) as office:
            if expected is None:
                assert (await office.enrol(code, "head")).enrolled
                continue
            with pytest.raises(PeerError) as refusal:
                await office.enrol(code, "head")
            assert refusal.value.code is expected


async def test_nobody_is_invited_by_a_log_that_may_be_old(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    text = await proposal(world)
    world.relay.log.cosigns = False
    world.tick(2 * 86_400)
    assert await refused(world, SECOND, text) is Code.EXPIRED
    async with world.at(FIRST) as office:
        with pytest.raises(PeerError) as refusal:
            await office.admissions.propose(A, "WACAP")
        assert refusal.value.code is Code.EXPIRED


async def test_two_devices_of_another_office_invite_nobody(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    code = EnrolmentCode(world.chance.randbytes(20))
    elsewhere = decode_statement(world.secretariat.invitation(A, code, int(world.now))).statement
    (_, first), (_, second) = world.secretariat.devices
    claimed = replace(cast("Invitation", elsewhere), network="WACAP")
    keys = {Signer.PROPOSER: first, Signer.CONFIRMER: second}
    assert await published(world, sign_statement(claimed, keys)) is Code.NOT_FOUND
    assert world.relay.registry.invitation_for(code.public_key()) is None
