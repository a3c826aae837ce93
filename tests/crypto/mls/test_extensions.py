"""What a group's extensions demand, and how they change (RFC 9420 sections 11.1, 12.1.7; F07, D10 to D12)."""

from dataclasses import replace

import pytest
from tests.crypto.mls.world import LIFETIME, NOW, OPEN, Client, World, distrust, grown

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import (
    BasicCredential,
    Capabilities,
    Extension,
    ExternalSender,
    ReInit,
    RequiredCapabilities,
    create_group,
    external_senders_extension,
    generate_key_package,
    greased,
    own_capabilities,
    process,
    propose_extensions,
    required_capabilities_extension,
)
from rogatory_crypto.mls.credentials import GREASE, LAST_RESORT, RATCHET_TREE
from rogatory_crypto.mls.extensions import APP_DATA_DICTIONARY

PRIVATE_USE = 0xF123


def able(client: Client, capabilities: Capabilities) -> bytes:
    """Return a KeyPackage of a client that supports more than we have anyway."""
    return generate_key_package(
        client.suite,
        client.signer,
        BasicCredential(client.identity),
        LIFETIME,
        client.random,
        capabilities=capabilities,
    ).message


def test_the_extensions_of_a_group_change_as_a_whole() -> None:
    # G14
    world = grown(3)
    first = required_capabilities_extension(RequiredCapabilities(credentials=(1,)))
    world.merge(0, world.stage(0, extensions=[first]))
    assert world.agrees()
    assert all(group.extensions == (first,) for group in world.groups.values())
    world.merge(1, world.stage(1, extensions=[]))
    assert world.groups[2].extensions == ()
    world.grow(1, by=2)
    assert world.agrees()


def test_what_a_group_demands_every_member_must_have() -> None:
    # F07 D10
    world = grown(2)
    needed = required_capabilities_extension(RequiredCapabilities(extensions=(PRIVATE_USE,)))
    with pytest.raises(PeerError, match="D10"):
        world.stage(0, extensions=[needed])
    with pytest.raises(PeerError, match="D11"):
        world.stage(0, extensions=[Extension(PRIVATE_USE, b"data")])


def test_a_newcomer_must_have_what_the_same_commit_demands() -> None:
    # F07 G14
    world = World()
    founder = world.client(b"founder")
    more = replace(own_capabilities(1), extensions=(LAST_RESORT, PRIVATE_USE))
    credential = BasicCredential(b"founder")
    world.groups[0] = create_group(
        world.suite,
        b"g",
        founder.signer,
        credential,
        LIFETIME,
        world.random,
        policy=OPEN,
        capabilities=more,
    )
    needed = required_capabilities_extension(RequiredCapabilities(extensions=(PRIVATE_USE,)))
    plain, ready = world.client(b"plain"), world.client(b"ready")
    with pytest.raises(PeerError, match="D10"):
        world.stage(0, extensions=[needed], add=[plain.key_package().message])
    staged = world.stage(0, extensions=[needed], add=[able(ready, more)])
    assert [member.identity for member in staged.added] == [b"ready"]


def test_a_proposed_change_of_extensions_is_committed_by_another() -> None:
    world = grown(2)
    wanted = required_capabilities_extension(RequiredCapabilities(credentials=(1,)))
    world.groups[1], message = propose_extensions(
        world.groups[1], [wanted], now=NOW, authenticate=distrust(b""), random=world.random
    )
    world.receive(0, message)
    world.merge(0, world.stage(0))
    assert world.groups[1].extensions == (wanted,)


@pytest.mark.parametrize(("kind", "rule"), [(RATCHET_TREE, "K14"), (APP_DATA_DICTIONARY, "F08")])
def test_some_extensions_are_not_changed_this_way(kind: int, rule: str) -> None:
    # F08 K14
    world = grown(2)
    with pytest.raises(PeerError, match=rule):
        world.stage(0, extensions=[Extension(kind, b"")])


def test_the_application_judges_external_senders() -> None:
    # F07 D01
    world = grown(2)
    sender = world.client(b"secretariat")
    extension = external_senders_extension(
        (ExternalSender(sender.signer.public, BasicCredential(b"secretariat")),)
    )
    staged = world.stage(0, extensions=[extension])
    with pytest.raises(PeerError) as caught:
        process(world.groups[1], staged.message, now=NOW, authenticate=distrust(b"secretariat"))
    assert caught.value.code is Code.INVALID_CREDENTIAL


def test_a_reinit_stands_alone() -> None:
    # G09
    world = grown(2)
    world.groups[0], _ = propose_extensions(
        world.groups[0], [], now=NOW, authenticate=distrust(b""), random=world.random
    )
    with pytest.raises(MisuseError, match="G09"):
        world.stage(0, reinit=ReInit(b"next", 1, 1, ()))


def test_grease_is_carried_and_ignored() -> None:
    # D16 P02
    world = grown(2)
    client = world.client(b"greasy")
    package = generate_key_package(
        world.suite,
        client.signer,
        BasicCredential(b"greasy"),
        LIFETIME,
        world.random,
        capabilities=greased(own_capabilities(1), 7),
        extensions=[Extension(GREASE[7], b"nothing")],
        leaf_extensions=[Extension(GREASE[7], b"nothing")],
    )
    staged = world.stage(0, add=[package.message])
    world.merge(0, staged)
    seated = world.groups[1].tree.leaf(staged.added[0].leaf_index)  # type: ignore[arg-type]  # as the tree counts
    assert seated is not None
    assert seated.encoded == package.package.leaf_node.encoded
    assert GREASE[7] in seated.capabilities.cipher_suites
    assert not set(GREASE) & set(own_capabilities(1).extensions)


@pytest.mark.parametrize(
    ("extension", "rule"),
    [
        (Extension(PRIVATE_USE, b""), "D11"),
        (required_capabilities_extension(RequiredCapabilities(proposals=(PRIVATE_USE,))), "D10"),
    ],
)
def test_nobody_founds_a_group_that_he_may_not_be_in(extension: Extension, rule: str) -> None:
    # P01 D10 D11
    world = World()
    client = world.client(b"founder")
    with pytest.raises(PeerError, match=rule):
        create_group(
            world.suite,
            b"g",
            client.signer,
            BasicCredential(b"founder"),
            LIFETIME,
            world.random,
            extensions=[extension],
        )
