"""What a commit that adds devices says in the open: every tampering with the proof is refused by its name."""

import random
from dataclasses import dataclass, replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.content.test_content_cddl import validate
from tests.crypto.identity.enrolled_office import ORIGIN as RELAY
from tests.crypto.identity.enrolled_office import EnrolledOffice
from tests.crypto.log.log_world import DAY, NOW, ORIGIN, POLICY, World
from tests.crypto.log.written_log import WrittenLog

from rogatory_crypto.content.added_devices import (
    MAX_BYTES,
    AddedDevice,
    AddedDevices,
    Newcomer,
    verify_added_devices,
)
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import DeviceCredential, DeviceEntry, authority_uri
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.log.witness_policy import WitnessedCheckpoint

LOG, HERE = ORIGIN, RELAY


@dataclass(frozen=True)
class Addition:
    """A log, the leaves that a commit has added, and the proof of them."""

    entries: tuple[bytes, ...]
    newcomers: tuple[Newcomer, ...]
    evidence: AddedDevices

    def verify(
        self, data: bytes | None = None, *, newcomers: tuple[Newcomer, ...] | None = None, at: int = NOW
    ) -> WitnessedCheckpoint:
        return verify_added_devices(
            self.evidence.encode() if data is None else data,
            self.newcomers if newcomers is None else newcomers,
            POLICY,
            log=LOG,
            relay=HERE,
            at=at,
        )


@cache
def addition() -> Addition:
    """Three offices are listed, and all of their devices are added."""
    written = WrittenLog()
    newcomers: list[Newcomer] = []
    for name in ("CNA-SN-01", "CNA-GH-01", "CNA-NG-01"):
        office = EnrolledOffice(name)
        invitation = office.invitation()
        written.statement(invitation)
        written.statement(office.enrolment(invitation))
        signed = office.device()
        entry = signed.statement
        assert isinstance(entry, DeviceEntry)
        index = len(written.entries)
        written.statement(signed)
        authority = authority_uri(HERE, office.entry_id)
        credential = DeviceCredential(authority, entry.officer, entry.device_id, index)
        newcomers.append(Newcomer(credential, entry.signature_key))
    tree = Tree(map(leaf_hash, written.entries))
    devices = tuple(
        AddedDevice(index, written.entries[index], tree.prove_inclusion(index))
        for index in (newcomer.credential.index for newcomer in newcomers)
    )
    evidence = AddedDevices(World(tree=tree).witnessed().encode(), devices)
    return Addition(tuple(written.entries), tuple(newcomers), evidence)


def refusal(data: bytes, **changed: object) -> Code:
    with pytest.raises(PeerError) as caught:
        addition().verify(data, **changed)  # type: ignore[arg-type]  # each test names what it changes
    return caught.value.code


def test_a_proof_holds_in_whatever_order_the_leaves_stand() -> None:
    made = addition()
    assert made.verify().checkpoint.size == len(made.entries)
    assert made.verify(newcomers=made.newcomers[::-1]).witnessed_at == NOW


def test_it_is_described_and_reads_as_it_was_written() -> None:
    made = addition()
    encoded = made.evidence.encode()
    validate("added-devices", encoded)
    assert AddedDevices.decode(encoded) == made.evidence
    assert AddedDevices.decode(encoded).encode() == encoded


@pytest.mark.parametrize(("late", "holds"), [(-600, True), (-601, False), (DAY, True), (DAY + 1, False)])
def test_the_quorum_is_a_day_old_at_most_and_not_from_the_future(late: int, *, holds: bool) -> None:
    made = addition()
    if holds:
        assert made.verify(at=NOW + late).checkpoint.origin == LOG
    else:
        code = refusal(made.evidence.encode(), at=NOW + late)
        assert code is (Code.EXPIRED if late > 0 else Code.FORBIDDEN)


def test_exactly_the_added_leaves_are_proven() -> None:
    made = addition()
    encoded = made.evidence.encode()
    assert refusal(encoded, newcomers=made.newcomers[:2]) is Code.NOT_FOUND
    assert refusal(encoded, newcomers=()) is Code.NOT_FOUND
    assert refusal(encoded, newcomers=made.newcomers * 2) is Code.NOT_FOUND
    cut = replace(made.evidence, devices=made.evidence.devices[1:])
    assert refusal(cut.encode()) is Code.NOT_FOUND
    turned = replace(made.evidence, devices=made.evidence.devices[::-1])
    assert refusal(turned.encode()) is Code.NOT_FOUND


@pytest.mark.parametrize("field", ["authority", "officer", "device_id", "key"])
def test_the_entry_is_that_of_the_leaf(field: str) -> None:
    made = addition()
    leaf = made.newcomers[0]
    other = made.newcomers[1]
    match field:
        case "authority":
            changed = replace(leaf, credential=replace(leaf.credential, authority=other.credential.authority))
        case "officer":
            changed = replace(leaf, credential=replace(leaf.credential, officer="head of unit"))
        case "device_id":
            changed = replace(leaf, credential=replace(leaf.credential, device_id=other.credential.device_id))
        case _:
            changed = replace(leaf, signature_key=other.signature_key)
    code = refusal(made.evidence.encode(), newcomers=(changed, *made.newcomers[1:]))
    assert code is Code.INVALID_CREDENTIAL


def test_an_entry_that_is_no_device_proves_none() -> None:
    """It stands in the log, and a leaf names its index."""
    made = addition()
    tree = Tree(map(leaf_hash, made.entries))
    invitation = AddedDevice(0, made.entries[0], tree.prove_inclusion(0))
    leaf = made.newcomers[0]
    lying = replace(leaf, credential=replace(leaf.credential, index=0))
    evidence = replace(made.evidence, devices=(invitation,))
    assert refusal(evidence.encode(), newcomers=(lying,)) is Code.INVALID_CREDENTIAL


def test_another_log_proves_nothing() -> None:
    made = addition()
    with pytest.raises(PeerError) as caught:
        verify_added_devices(
            made.evidence.encode(), made.newcomers, POLICY, log="log.example/other", relay=HERE, at=NOW
        )
    assert caught.value.code is Code.NOT_FOUND


def test_what_is_too_large_is_not_read() -> None:
    assert refusal(bytes(MAX_BYTES + 1)) is Code.TOO_LARGE


@pytest.mark.parametrize("seed", range(60))
def test_no_seeded_adversary_bends_it(seed: int) -> None:
    """A byte changed, cut, doubled or moved anywhere in the proof: refused, or the very same proof."""
    made = addition()
    chance = random.Random(seed)  # noqa: S311  # repeatable
    encoded = made.evidence.encode()
    bent = bytearray(encoded)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(bent))
        match chance.randrange(4):
            case 0:
                bent[at] ^= 1 << chance.randrange(8)
            case 1:
                del bent[at : at + chance.randint(1, 40)]
            case 2:
                bent[at:at] = bent[at : at + chance.randint(1, 40)]
            case _:
                bent[at] = chance.randrange(256)
    if bytes(bent) == encoded:
        return
    try:
        witnessed = made.verify(bytes(bent))
    except PeerError:
        return
    # A signature line of nobody we know may be bent at will: the checkpoint, the entries and proofs are not.
    assert witnessed.checkpoint == made.verify().checkpoint
    assert AddedDevices.decode(bytes(bent)).devices == made.evidence.devices


@given(st.binary(max_size=300))
def test_noise_is_refused_and_nothing_else_happens(noise: bytes) -> None:
    assert refusal(noise) in {Code.MALFORMED, Code.TOO_LARGE}
