"""Proposals that are sound by themselves and cannot stand beside others, or in this group (RFC 9420 12.2)."""

from collections.abc import Callable
from typing import TypeAlias

from tests.crypto.mls import illegal
from tests.crypto.mls.world import Client

from rogatory_crypto.mls import (
    Add,
    ExternalPsk,
    Group,
    GroupContextExtensions,
    Member,
    PreSharedKey,
    Proposal,
    RequiredCapabilities,
    Update,
    required_capabilities_extension,
)
from rogatory_crypto.mls.key_schedule import PreSharedKeyId
from rogatory_crypto.mls.nodes import FromUpdate, KeyPackage

Random: TypeAlias = Callable[[int], bytes]


def hostile_proposal(group: Group, victim: Member, random: Random, which: int) -> Proposal:
    """Return one of six, by number; the victim is another member."""
    match which % 6:
        case 0:  # G06
            return Add(_package(Client(group.suite, victim.identity, random)))
        case 1:  # G05: each time with another key
            return Add(_package(Client(group.suite, b"twin", random)))
        case 2:  # D09
            return _add_with_key(Client(group.suite, random(8), random), victim.encryption_key)
        case 3:  # D09
            return _update_with_key(group, victim.encryption_key)
        case 4:  # J03
            return PreSharedKey(PreSharedKeyId(ExternalPsk(b"of nobody"), random(group.suite.hash_size)))
        case _:  # F07
            unheard = RequiredCapabilities(extensions=(0x7777,))
            return GroupContextExtensions((required_capabilities_extension(unheard),))


def _package(client: Client) -> KeyPackage:
    return client.key_package().package


def _add_with_key(client: Client, encryption_key: bytes) -> Add:
    message = client.key_package().message
    changes: dict[str, object] = {"encryption_key": encryption_key}
    return Add(illegal.key_package(client.suite, client.signer, message, leaf_changes=changes))


def _update_with_key(group: Group, encryption_key: bytes) -> Update:
    old = group.tree.leaf(group.own_leaf)
    assert old is not None
    return Update(illegal.leaf(group, old, encryption_key=encryption_key, source=FromUpdate()))
