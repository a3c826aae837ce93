"""Spoilt bytes that a member signs and seals, so that they reach what lies behind decryption and signatures.

Whatever a member may say ends as an event or as ``PeerError``, and a refusal changes nothing (A, B, D to K).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.decoder_corpus import PSKS, SUITE, conversation, doors, harvest
from tests.crypto.mls.spoilt_bytes import Spoiler
from tests.crypto.mls.world import NOW, trust
from tests.effort import examples

from rogatory_crypto.errors import PeerError
from rogatory_crypto.mls import (
    Extension,
    encode_group,
    join_external,
    key_package_identity,
    process,
)
from rogatory_crypto.mls.credentials import RATCHET_TREE
from rogatory_crypto.mls.framing import COMMIT, PROPOSAL_CONTENT
from rogatory_crypto.mls.nodes import LeafNode, leaf_place
from rogatory_crypto.mls.proposals import PROPOSAL, Commit
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.welcome import GroupInfo, encode_message

LIAR, VICTIM = 0, 4


@dataclass(frozen=True)
class Attack:
    """Honest bytes, how they are read, and how a liar brings them to somebody who judges them."""

    seeds: Sequence[bytes]
    read: Callable[[bytes], object]
    deliver: Callable[[bytes], object]


def heard(message: bytes) -> object:
    victim = conversation().world.groups[VICTIM]
    before = encode_group(victim)
    try:
        return process(victim, message, now=NOW, authenticate=trust, psks=PSKS)
    except PeerError:
        assert encode_group(victim) == before
        raise


def said(content_type: int, body: bytes, *, public: bool) -> object:
    liar = conversation().world.groups[LIAR]
    say = illegal.public_bytes if public else illegal.private_bytes
    return heard(say(liar, content_type, body))


def with_signed_leaf(body: bytes) -> object:
    """Sign the leaf of a path again, so that only its contents are wrong."""
    liar = conversation().world.groups[LIAR]
    commit = Commit.decode(body)
    if commit.path is not None:
        leaf = replace(commit.path.leaf_node, signature_key=liar.signer.public)
        place = leaf_place(liar.group_id, liar.own_leaf)
        commit = replace(
            commit, path=replace(commit.path, leaf_node=leaf.signed(SUITE, liar.signer.private, place))
        )
    return said(COMMIT, commit.encode(), public=False)


def with_signed_package(data: bytes) -> object:
    """Sign a leaf and the KeyPackage around it again."""
    newcomer = conversation().newcomer
    leaf = replace(LeafNode.decode(data), signature_key=newcomer.signer.public)
    package = replace(newcomer.package, leaf_node=leaf.signed(SUITE, newcomer.signer.private, b""))
    signed = package.signed(SUITE, newcomer.signer.private)
    said(PROPOSAL_CONTENT, b"\x00\x01" + signed.encoded, public=False)
    return key_package_identity(encode_message(signed))


def signed_info(data: bytes) -> object:
    return entered(GroupInfo.decode(data))


def entered(info: GroupInfo) -> object:
    talk = conversation()
    message = encode_message(info.signed(SUITE, talk.world.groups[LIAR].signer.private))
    return join_external(message, talk.newcomer, now=NOW, random=talk.world.random, authenticate=trust)


def with_tree(data: bytes) -> object:
    """Put a tree into a GroupInfo that names its hash."""
    tree_hash = RatchetTree.decode(SUITE, data).tree_hash()
    honest = GroupInfo.decode(harvest()[GroupInfo][-1])
    others = tuple(one for one in honest.extensions if one.extension_type != RATCHET_TREE)
    context = replace(honest.group_context, tree_hash=tree_hash)
    extensions = (*others, Extension(RATCHET_TREE, data))
    return entered(replace(honest, group_context=context, extensions=extensions))


@cache
def attacks() -> dict[str, Attack]:
    commits = harvest()[Commit]
    proposals = next(door.seeds for door in doors() if door.name == "field PROPOSAL")
    tree = conversation().group.ratchet_tree
    return {
        "a private commit": Attack(commits, Commit.decode, partial(said, COMMIT, public=False)),
        "a public commit": Attack(commits, Commit.decode, partial(said, COMMIT, public=True)),
        "a commit with a signed leaf": Attack(commits, Commit.decode, with_signed_leaf),
        "a private proposal": Attack(
            proposals, PROPOSAL.decode, partial(said, PROPOSAL_CONTENT, public=False)
        ),
        "a public proposal": Attack(proposals, PROPOSAL.decode, partial(said, PROPOSAL_CONTENT, public=True)),
        "a KeyPackage": Attack(harvest()[LeafNode], LeafNode.decode, with_signed_package),
        "a GroupInfo": Attack(harvest()[GroupInfo], GroupInfo.decode, signed_info),
        "a tree": Attack([tree], lambda data: RatchetTree.decode(SUITE, data), with_tree),
    }


@pytest.mark.parametrize("name", attacks())
def test_what_a_member_signs_ends_as_an_event_or_as_a_peer_error(name: str) -> None:
    attack = attacks()[name]
    spoiler = Spoiler(name, attack.seeds, attack.read)
    rules: set[str] = set()
    for _ in range(examples(250)):
        data = spoiler.spoilt()
        try:
            attack.deliver(data)
        except PeerError as error:
            rules.add(error.detail[:3])
        except Exception as error:
            error.add_note(data.hex())
            raise
    assert any(not rule.startswith("A") for rule in rules)  # it came past the codec
