"""Rules F: single proposals that are refused when they come, by message and in a commit."""

from dataclasses import replace
from typing import Any

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import NOW, World, distrust, grown, trust

from rogatory_crypto.errors import Code
from rogatory_crypto.mls import ProposalReceived, process, propose_remove, sending
from rogatory_crypto.mls.credentials import (
    APPLICATION_ID,
    REQUIRED_CAPABILITIES,
    BasicCredential,
    Extension,
    RequiredCapabilities,
)
from rogatory_crypto.mls.extensions import (
    APP_DATA_DICTIONARY,
    ExternalSender,
    external_senders_extension,
)
from rogatory_crypto.mls.framing import COMMIT, PROPOSAL_CONTENT
from rogatory_crypto.mls.key_schedule import (
    APPLICATION_USE,
    BRANCH_USE,
    REINIT_USE,
    ExternalPsk,
    PreSharedKeyId,
    PskSource,
    ResumptionPsk,
)
from rogatory_crypto.mls.nodes import FromUpdate
from rogatory_crypto.mls.proposals import (
    Add,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ReInit,
    Remove,
    Update,
)

UNKNOWN = 0x7777


@pytest.fixture
def world() -> World:
    return grown(4)


def refused(world: World, proposal: Proposal, code: Code, rule: str, **options: Any) -> None:
    """Send a proposal by itself and inside of a commit; both must be refused."""
    alone = illegal.message(world.groups[0], proposal)
    illegal.refused(world.groups[1], alone, code, rule, **options)
    inside = illegal.commit(world.groups[0], proposal)
    illegal.refused(world.groups[1], inside, code, rule, **options)


def test_an_add_holds_a_valid_key_package(world: World) -> None:
    # F01
    honest = illegal.key_package_of(world)
    refused(world, Add(replace(honest, encoded=honest.encoded[:-1] + b"\x00")), Code.BAD_SIGNATURE, "E03")
    refused(world, Add(illegal.key_package_of(world, version=2)), Code.INVALID_KEY_PACKAGE, "E01")


def test_an_update_holds_a_leaf_that_is_valid_for_it(world: World) -> None:
    # F02
    group = world.groups[0]
    fresh = illegal.honest_path(world, 0).leaf_node
    proper = illegal.leaf(group, fresh, source=FromUpdate())
    for leaf, code, rule in (
        (fresh, Code.INVALID_LEAF_NODE, "D07"),
        (illegal.leaf(group, proper, encryption_key=bytes(32)), Code.MALFORMED, "D05"),
    ):
        illegal.refused(world.groups[1], illegal.message(group, Update(leaf)), code, rule)


def test_an_update_is_of_a_member(world: World) -> None:
    # F02 B05: of a seat that was blanked
    world.remove(1, 3)
    ghost = illegal.on_seat(world.groups[0], 3)
    fresh = illegal.leaf(ghost, illegal.honest_path(world, 0).leaf_node, source=FromUpdate())
    message = illegal.message(ghost, Update(fresh))
    illegal.refused(world.groups[1], message, Code.UNKNOWN_MEMBER, "B05")


@pytest.mark.parametrize("seat", [4, 5, 7, 8, 1 << 24, 1 << 31, (1 << 32) - 1])
def test_a_remove_names_a_leaf_that_is_there(world: World, seat: int) -> None:
    # F03
    refused(world, Remove(seat), Code.INVALID_PROPOSAL, "F03")


def test_a_remove_names_a_leaf_that_is_still_there(world: World) -> None:
    # F03
    world.remove(1, 2)
    refused(world, Remove(2), Code.INVALID_PROPOSAL, "F03")


SOURCES = [ExternalPsk(b"id"), ResumptionPsk(APPLICATION_USE, b"group", 0)]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_psk_has_a_nonce_of_the_hashs_length(world: World, source: PskSource, size: int) -> None:
    # F04 J01
    proposal = PreSharedKey(PreSharedKeyId(source, bytes(size)))
    refused(world, proposal, Code.INVALID_PROPOSAL, "F04")


@pytest.mark.parametrize("usage", [REINIT_USE, BRANCH_USE])
def test_a_psk_of_a_running_group_is_for_application(world: World, usage: int) -> None:
    # F04
    source = ResumptionPsk(usage, world.groups[0].group_id, world.groups[0].epoch)
    proposal = PreSharedKey(PreSharedKeyId(source, bytes(32)))
    refused(world, proposal, Code.INVALID_PROPOSAL, "F04")


@pytest.mark.parametrize(("version", "code"), [(0, Code.INVALID_PROPOSAL), (2, Code.UNSUPPORTED)])
def test_a_reinit_does_not_go_back(world: World, version: int, code: Code) -> None:
    # F05: nor to what nobody knows
    refused(world, ReInit(bytes(32), version, 1, ()), code, "F05")


@pytest.mark.parametrize("suite", [0, 8, 0x0A0A])
def test_a_reinit_is_to_a_suite_that_we_have(world: World, suite: int) -> None:
    # F05 S03
    refused(world, ReInit(bytes(32), 1, suite, ()), Code.UNSUPPORTED, "S03")


@pytest.mark.parametrize("size", [0, 31, 33, 1120])
def test_a_kem_output_has_its_length(world: World, size: int) -> None:
    # F06
    message = illegal.message(world.groups[0], ExternalInit(bytes(size)))
    illegal.refused(world.groups[1], message, Code.INVALID_PROPOSAL, "F06")


def test_new_extensions_are_such_that_every_member_can_them(world: World) -> None:
    # F07: judged when they are committed, by those who are then in the group
    required = RequiredCapabilities(proposals=(UNKNOWN,)).encode()
    for extension, rule in (
        (Extension(UNKNOWN, b""), "D11"),
        (Extension(REQUIRED_CAPABILITIES, required), "D10"),
    ):
        proposal = GroupContextExtensions((extension,))
        message = illegal.commit(world.groups[0], proposal)
        illegal.refused(world.groups[1], message, Code.INVALID_LEAF_NODE, rule)


def test_new_extensions_are_such_that_a_newcomer_can_them(world: World) -> None:
    # F07 G14: of the same commit
    required = RequiredCapabilities(extensions=(UNKNOWN,)).encode()
    proposal = GroupContextExtensions((Extension(REQUIRED_CAPABILITIES, required),))
    message = illegal.commit(world.groups[0], Add(illegal.key_package_of(world)), proposal)
    illegal.refused(world.groups[1], message, Code.INVALID_LEAF_NODE, "D10")


@pytest.mark.parametrize("kind", [APPLICATION_ID, 2, 4, 10])
def test_new_extensions_belong_to_a_group(world: World, kind: int) -> None:
    # F07 K14
    refused(world, GroupContextExtensions((Extension(kind, b""),)), Code.UNSUPPORTED, "K14")


def test_the_application_judges_new_external_senders(world: World) -> None:
    # F07 D01
    sender = ExternalSender(world.groups[0].signer.public, BasicCredential(b"robot"))
    proposal = GroupContextExtensions((external_senders_extension((sender,)),))
    refused(world, proposal, Code.INVALID_CREDENTIAL, "D01", authenticate=distrust(b"robot"))


def test_new_extensions_can_be_read(world: World) -> None:
    # F07 A03
    proposal = GroupContextExtensions((Extension(REQUIRED_CAPABILITIES, bytes(4)),))
    refused(world, proposal, Code.MALFORMED, "A03")


def test_new_extensions_leave_alone_what_another_mechanism_owns(world: World) -> None:
    # F08
    proposal = GroupContextExtensions((Extension(APP_DATA_DICTIONARY, b""),))
    refused(world, proposal, Code.INVALID_PROPOSAL, "F08")


def test_a_proposal_is_kept_after_verification_only(world: World) -> None:
    # F09: what was refused cannot be referred to
    group = world.groups[0]
    forged = illegal.on_seat(group, 2)
    signed = sending.sign(forged, Remove(3), b"", public=False)
    message = sending.seal(forged, signed, world.random)[1]
    illegal.refused(world.groups[1], message, Code.BAD_SIGNATURE, "B11")
    commit = illegal.commit(group, signed.reference(group.suite))
    illegal.refused(world.groups[1], commit, Code.INVALID_COMMIT, "G01")


def test_a_proposal_is_kept_for_its_epoch_only(world: World) -> None:
    # F09
    _, message = propose_remove(world.groups[2], 3, random=world.random)
    event = world.receive(1, message)
    assert isinstance(event, ProposalReceived)
    world.update(0)
    assert not world.groups[1].has_pending_proposals
    commit = illegal.commit(world.groups[0], event.reference)
    illegal.refused(world.groups[1], commit, Code.INVALID_COMMIT, "G01")
    illegal.refused(world.groups[1], message, Code.WRONG_EPOCH, "M04")


@pytest.mark.parametrize("kind", [0x0000, 0x0008, 0x0A0A, 0xF000, 0xFFFF])
def test_a_proposal_of_an_unknown_type_is_never_skipped(world: World, kind: int) -> None:
    # F10: alone, and beside one that is known
    body = kind.to_bytes(2, "big")
    alone = illegal.private_bytes(world.groups[0], PROPOSAL_CONTENT, body)
    illegal.refused(world.groups[1], alone, Code.UNSUPPORTED, "A04")
    entries = b"\x01" + body + b"\x01\x00\x03" + (3).to_bytes(4, "big")
    inside = illegal.private_bytes(world.groups[0], COMMIT, bytes([len(entries)]) + entries + b"\x00")
    illegal.refused(world.groups[1], inside, Code.UNSUPPORTED, "A04")


def test_sound_proposals_are_kept(world: World) -> None:
    # what the others break is all right here
    for proposal in (
        Add(illegal.key_package_of(world)),
        Remove(3),
        PreSharedKey(PreSharedKeyId(ExternalPsk(b"id"), bytes(32))),
        PreSharedKey(PreSharedKeyId(ResumptionPsk(APPLICATION_USE, b"group", 0), bytes(32))),
        ReInit(bytes(32), 1, 1, ()),
        GroupContextExtensions(()),
    ):
        message = illegal.message(world.groups[0], proposal)
        assert isinstance(process(world.groups[1], message, now=NOW, authenticate=trust), ProposalReceived)
