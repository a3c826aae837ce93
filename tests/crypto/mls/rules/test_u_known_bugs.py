"""Bugs that other implementations had, as far as no rule's own test tells of them; each names its report."""

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from tests.crypto.mls import illegal, illegal_commit
from tests.crypto.mls.illegal_welcome import invite
from tests.crypto.mls.world import LIFETIME, NOW, OPEN, World, grown, trust

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.errors import Code
from rogatory_crypto.mls import (
    ApplicationReceived,
    BasicCredential,
    CommitReceived,
    Extension,
    Group,
    ProposalReceived,
    Remove,
    RequiredCapabilities,
    create_group,
    decode_group,
    encode_group,
    generate_key_package,
    join_group,
    own_capabilities,
    process,
    propose_remove,
    propose_update,
    protect,
    required_capabilities_extension,
)
from rogatory_crypto.mls.credentials import REQUIRED_CAPABILITIES
from rogatory_crypto.mls.proposals import GroupContextExtensions

if TYPE_CHECKING:
    from collections.abc import Callable

ABILITY: Final = 0xF123


@pytest.fixture
def world() -> World:
    return grown(3)


def test_openmls_1846_what_was_read_is_used_up_after_a_restart(world: World) -> None:
    # L07 C06, also for a message that came before its predecessors
    group, first = protect(world.groups[0], b"first", random=world.random)
    _, second = protect(group, b"second", random=world.random)
    receiver = world.groups[1]
    for message in (second, first):
        event = process(receiver, message, now=NOW, authenticate=trust)
        assert isinstance(event, ApplicationReceived)
        receiver = decode_group(encode_group(event.group))
        illegal.refused(receiver, message, Code.REPLAYED, "C06")


def test_mls_rs_228_a_duplicate_does_not_spoil_the_ratchet(world: World) -> None:
    # C06 C08: of neither kind
    acts: list[Callable[[Group], tuple[Group, bytes]]] = [
        lambda group: protect(group, b"said", random=world.random),
        lambda group: propose_remove(group, 2, random=world.random, authenticated_data=b"x"),
        lambda group: propose_remove(group, 2, random=world.random, authenticated_data=b"y"),
    ]
    for say in acts:
        world.groups[0] = replace(world.groups[0], proposals={})
        world.groups[0], message = say(world.groups[0])
        world.receive(1, message)
        for _ in range(3):
            illegal.refused(world.groups[1], message, Code.REPLAYED, "C06")


def uneven() -> World:
    """Return a group of three in which seats 0 and 2 have an ability that seat 1 has not."""
    world = World()
    founder = world.client(b"founder")
    credential = BasicCredential(b"founder")
    plain = own_capabilities(world.suite.code)
    able = replace(plain, extensions=(*plain.extensions, ABILITY))
    world.groups[0] = create_group(
        world.suite,
        b"uneven",
        founder.signer,
        credential,
        LIFETIME,
        world.random,
        policy=OPEN,
        capabilities=able,
    )
    guests = []
    for name, capabilities in ((b"plain", plain), (b"able", able)):
        client = world.client(name)
        guests.append(
            generate_key_package(
                world.suite,
                client.signer,
                BasicCredential(name),
                LIFETIME,
                world.random,
                capabilities=capabilities,
            )
        )
    staged = world.stage(0, add=[guest.message for guest in guests])
    world.groups[0] = staged.group
    assert staged.welcome is not None
    for seat, guest in enumerate(guests, start=1):
        world.groups[seat] = join_group(staged.welcome, guest, now=NOW, authenticate=trust, policy=OPEN)
    return world


def test_openmls_1943_1868_who_leaves_need_not_be_able(world: World) -> None:
    # G11 F07: his removal is in the commit that demands what he cannot
    world = uneven()
    demand = GroupContextExtensions(
        (required_capabilities_extension(RequiredCapabilities(extensions=(ABILITY,))),)
    )
    message = illegal_commit.commit(world.groups[0], demand)
    illegal.refused(world.groups[2], message, Code.INVALID_LEAF_NODE, "D10")
    event = world.receive(2, illegal_commit.commit(world.groups[0], demand, Remove(1)))
    assert isinstance(event, CommitReceived)
    assert event.group.extensions == demand.extensions
    leaving = process(
        world.groups[1],
        illegal_commit.commit(world.groups[0], demand, Remove(1)),
        now=NOW,
        authenticate=trust,
    )
    assert isinstance(leaving, CommitReceived)
    assert leaving.removed_us


@pytest.mark.parametrize("public", [False, True])
def test_ts_mls_647_seat_0_is_a_seat(world: World, *, public: bool) -> None:
    # B05: who sits there sends, proposes, updates, commits, is removed and gives his seat to another
    _, said = protect(world.groups[0], b"said", random=world.random)
    heard = process(world.groups[1], said, now=NOW, authenticate=trust)
    assert isinstance(heard, ApplicationReceived)
    assert heard.sender.leaf_index == 0
    group, update = propose_update(world.groups[0], random=world.random, public=public)
    world.groups[0] = group
    for seat in (1, 2):
        event = world.receive(seat, update)
        assert isinstance(event, ProposalReceived)
        assert event.sender == group.member(0)
    world.merge(1, world.stage(1, public=public))
    assert world.groups[1].member(0).encryption_key != group.member(0).encryption_key
    committed = world.merge(0, world.stage(0, path=True, public=public))
    assert {event.sender.leaf_index for event in committed.values()} == {0}
    received = world.merge(2, world.stage(2, remove=[0], public=public))
    assert [member.leaf_index for member in received[1].removed] == [0]
    assert world.grow(1, by=2) == [0]
    assert world.agrees()


def test_rfc9420_python_what_cannot_be_read_is_not_passed_over() -> None:
    # A03 K14: an extension of the group whose content is none
    for content in (b"", b"\xff", bytes(4)):
        invitation = invite(grown(2))
        invitation.change_context(extensions=(Extension(REQUIRED_CAPABILITIES, content),))
        invitation.refused(Code.MALFORMED, "")


READER: Final = """
import sys
from rogatory_crypto.codec import Reader
from rogatory_crypto.errors import PeerError
from rogatory_crypto.mls import decode_group, process

def read(reader):
    return reader.opaque(1 << 24)

reader = Reader(sys.stdin.buffer.read())
group, message = decode_group(read(reader)), read(reader)
try:
    event = process(group, message, now=int(sys.argv[1]), authenticate=lambda *_: None)
    print(type(event).__name__, event.group.epoch_authenticator.hex())
except PeerError as error:
    print(error.code)
"""


def elsewhere(group: Group, message: bytes) -> list[str]:
    """Return what another process says of a message that it has never seen."""
    sent = opaque_bytes(encode_group(group)) + opaque_bytes(message)
    command = [sys.executable, "-c", READER, str(NOW)]
    answer = subprocess.run(command, input=sent, capture_output=True, check=True)  # our own words
    return answer.stdout.decode().split()


def test_rfc9420_python_what_one_process_knows_another_needs_not(world: World) -> None:
    # L07: nothing is remembered outside of the group, and what was refused here is refused there
    staged = world.stage(0, remove=[2])
    authenticator = staged.group.epoch_authenticator.hex()
    assert elsewhere(world.groups[1], staged.message) == ["CommitReceived", authenticator]
    forged = illegal.message(replace(world.groups[0], signer=world.groups[2].signer), Remove(2))
    illegal.refused(world.groups[1], forged, Code.BAD_SIGNATURE, "B11")
    assert elsewhere(world.groups[1], forged) == [Code.BAD_SIGNATURE]
