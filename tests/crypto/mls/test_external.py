"""Joining from outside, asking to be added, proposing from outside (RFC 9420 8.3, 12.1.8, 12.4.3.2)."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.crypto.mls.test_certificates import LEAF, issue
from tests.crypto.mls.world import HYBRID, LIFETIME, NOW, OPEN, Client, World, grown, trust

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import (
    BasicCredential,
    CommitReceived,
    ExternalCommit,
    ExternalPsk,
    ExternalSender,
    Group,
    GroupPolicy,
    ProposalReceived,
    PskStore,
    Remove,
    X509Credential,
    create_group,
    encode_group,
    external_senders_extension,
    generate_key_package,
    group_info,
    join_external,
    own_capabilities,
    process,
    propose_external,
    propose_join,
)


def enter(
    world: World, client: Client, *, by: int = 0, resync: bool = False, **options: object
) -> ExternalCommit:
    info = group_info(world.groups[by], external=True)
    settings = {"policy": OPEN, **options}
    return join_external(
        info,
        client.key_package(),
        now=NOW,
        random=world.random,
        authenticate=trust,
        resync=resync,
        **settings,  # type: ignore[arg-type]  # the options are named by the tests
    )


def accept(world: World, entry: ExternalCommit) -> int:
    for seat in list(world.groups):
        received = world.receive(seat, entry.message)
        assert isinstance(received, CommitReceived)
        if received.removed_us:
            del world.groups[seat]
    world.groups[entry.group.own_leaf] = entry.group
    return entry.group.own_leaf


def refusal(group: Group, message: bytes) -> PeerError:
    before = encode_group(group)
    with pytest.raises(PeerError) as caught:
        process(group, message, now=NOW, authenticate=trust)
    assert encode_group(group) == before
    return caught.value


@pytest.mark.parametrize("code", [1, HYBRID])
def test_an_outsider_joins_by_himself(code: int) -> None:
    # H02 H05 H06
    world = grown(3, code)
    world.remove(0, 1)
    seat = accept(world, enter(world, world.client(b"outsider")))
    assert seat == 1
    assert world.agrees()
    world.update(seat)
    world.update(0)
    assert world.agrees()


def test_a_member_who_lost_his_state_takes_his_seat_again() -> None:
    # H03
    world = grown(4)
    lost = Client(world.suite, world.groups[2].member(2).identity, world.random)
    assert accept(world, enter(world, lost, resync=True)) == 2
    assert world.agrees()
    assert len(world.groups[0].members) == 4


def test_nobody_takes_the_seat_of_another() -> None:
    # H03
    world = grown(3)
    with pytest.raises(PeerError, match="H03"):
        enter(world, world.client(b"stranger"), resync=True)
    thief = world.client(b"stranger")
    forged = enter(world, thief, resync=True, successor=lambda _old, _new: None)
    assert "D02" in refusal(world.groups[1], forged.message).detail


def test_external_commits_and_resyncs_are_off_unless_the_group_allows_them() -> None:
    # H08
    world = grown(3)
    entry = enter(world, world.client(b"outsider"))
    closed = replace(world.groups[1], policy=GroupPolicy())
    assert refusal(closed, entry.message).code is Code.FORBIDDEN
    again = enter(world, Client(world.suite, world.groups[2].member(2).identity, world.random), resync=True)
    no_resync = replace(world.groups[1], policy=GroupPolicy(external_commits=True))
    assert "H08" in refusal(no_resync, again.message).detail
    with pytest.raises(PeerError, match="H08"):
        join_external(
            group_info(world.groups[0]),
            world.client(b"x").key_package(),
            now=NOW,
            random=world.random,
            authenticate=trust,
        )


def test_a_present_member_does_not_join_twice() -> None:
    # G06
    world = grown(3)
    double = Client(world.suite, world.groups[1].member(1).identity, world.random)
    with pytest.raises(PeerError, match="G06"):
        enter(world, double)


def test_an_external_commit_mixes_in_a_psk() -> None:
    # H04 I10
    world = grown(2)
    store = PskStore({b"id": b"secret" * 6})
    entry = enter(world, world.client(b"outsider"), psk=[ExternalPsk(b"id")], psks=store)
    received = process(world.groups[0], entry.message, now=NOW, authenticate=trust, psks=store)
    assert received.group.epoch_authenticator == entry.group.epoch_authenticator
    assert refusal(world.groups[0], entry.message).code is Code.UNKNOWN_PSK


def test_a_client_asks_to_be_added_and_is() -> None:
    # B07
    world = grown(2)
    client = world.client(b"asking")
    package = client.key_package()
    message = propose_join(group_info(world.groups[0]), package)
    for seat in world.groups:
        received = world.receive(seat, message)
        assert isinstance(received, ProposalReceived)
        assert received.sender.identity == b"asking"
    staged = world.stage(1)
    world.merge(1, staged)
    assert [member.identity for member in staged.added] == [b"asking"]
    closed = replace(grown(2).groups[0], policy=GroupPolicy())
    assert "B07" in refusal(closed, message).detail


def governed() -> tuple[World, Client]:
    """Return a group of three in which a client outside may propose."""
    world = World()
    sender = world.client(b"secretariat")
    client = world.client(b"founder")
    extension = external_senders_extension(
        (ExternalSender(sender.signer.public, BasicCredential(b"secretariat")),)
    )
    world.groups[0] = create_group(
        world.suite,
        b"governed",
        client.signer,
        BasicCredential(b"founder"),
        LIFETIME,
        world.random,
        extensions=(extension,),
        policy=OPEN,
    )
    world.grow(2)
    return world, sender


def test_an_external_sender_proposes_a_removal() -> None:
    # B06
    world, sender = governed()
    message = propose_external(group_info(world.groups[0]), 0, sender.signer, Remove(2))
    for seat in world.groups:
        received = world.receive(seat, message)
        assert isinstance(received, ProposalReceived)
        assert received.sender.identity == b"secretariat"
    world.merge(1, world.stage(1))
    assert 2 not in world.groups
    assert world.agrees()


def test_an_unknown_external_sender_and_a_false_key_are_refused() -> None:
    # B06 B11
    world, sender = governed()
    info = group_info(world.groups[0])
    beyond = propose_external(info, 1, sender.signer, Remove(2))
    assert "B06" in refusal(world.groups[0], beyond).detail
    false = propose_external(info, 0, world.client(b"x").signer, Remove(2))
    assert refusal(world.groups[0], false).code is Code.BAD_SIGNATURE


def test_nobody_joins_whom_the_members_cannot_read() -> None:
    # D12: he finds out before he sends anything
    world = grown(2)
    client = world.client(b"certified")
    can = replace(own_capabilities(world.suite.code), credentials=(1, 2))
    private = Ed25519PrivateKey.from_private_bytes(client.signer.private)
    credential = X509Credential((issue(replace(LEAF, key=private)).der,))
    package = generate_key_package(
        world.suite, client.signer, credential, LIFETIME, world.random, capabilities=can
    )
    info = group_info(world.groups[0], external=True)
    with pytest.raises(PeerError, match="D12"):
        join_external(info, package, now=NOW, random=world.random, authenticate=trust)
