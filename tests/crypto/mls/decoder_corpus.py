"""Every door through which bytes come in, and honest bytes for each, as members make them."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, partial
from typing import Any

from tests.crypto.mls.world import NOW, OPEN, World, grown, trust

from rogatory_crypto import mls
from rogatory_crypto.codec import Field, Struct
from rogatory_crypto.errors import PeerError
from rogatory_crypto.mls import credentials, extensions, framing, group_state, key_package, nodes, proposals
from rogatory_crypto.mls.epoch_info import decode_group_info
from rogatory_crypto.mls.framing import AuthenticatedContent, PublicMessage
from rogatory_crypto.mls.key_schedule import PRE_SHARED_KEY_ID, PreSharedKeyId
from rogatory_crypto.mls.private_message import SenderData
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.secret_tree import SecretTree
from rogatory_crypto.mls.welcome import GroupSecrets, PathSecret, decode_message, encode_message
from rogatory_crypto.primitives import cipher_suite

SUITE = cipher_suite(1)
PSKS = mls.PskStore(external={b"shared": b"agreed on elsewhere"})


@dataclass(frozen=True)
class Door:
    """One decoder.

    Attributes:
        name: for the name of the test.
        decode: gives a value or ``PeerError``.
        encode: gives the bytes of a value back; None where the value does not hold them.
        seeds: bytes that decode.
    """

    name: str
    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes] | None
    seeds: Sequence[bytes]


@dataclass(frozen=True)
class Conversation:
    """A group with past epochs, blanks and waiting proposals, and every kind of message once."""

    world: World
    group: mls.Group
    newcomer: mls.KeyPackageSecrets
    welcome: bytes
    messages: tuple[bytes, ...]


@cache
def conversation() -> Conversation:
    world = grown(6)
    for seat in (0, 3, 5):
        world.update(seat)
    world.remove(0, 2)
    said = [*_proposals(world, public=False), *_proposals(world, public=True)]
    world.groups[0], _ = mls.protect(world.groups[0], b"never delivered", random=world.random)
    world.groups[0], message = mls.protect(world.groups[0], b"hello", random=world.random)
    world.broadcast(message)
    for seat, propose in ((3, mls.propose_update), (5, mls.propose_update)):
        world.groups[seat], said_now = propose(world.groups[seat], random=world.random)
        world.broadcast(said_now)
    newcomer = world.client(b"newcomer").key_package(last_resort=True)
    commits = [
        world.stage(1, add=[newcomer.message], psk=[mls.ExternalPsk(b"shared")], psks=PSKS, public=public)
        for public in (False, True)
    ]
    info = mls.group_info(world.groups[0], external=True)
    said += [message, newcomer.message, info, mls.propose_join(info, newcomer), _external_commit(world, info)]
    said += [commit.message for commit in commits]
    welcome = commits[0].welcome or b""
    return Conversation(world, world.groups[5], newcomer, welcome, (*said, welcome))


def _proposals(world: World, *, public: bool) -> list[bytes]:
    """Let a member propose everything, each time from the same state."""
    group = world.groups[0]
    sender = mls.ExternalSender(group.signer.public, mls.BasicCredential(b"sender"))
    lists = (
        mls.required_capabilities_extension(mls.RequiredCapabilities(credentials=(1,))),
        mls.external_senders_extension((sender,)),
    )
    resumed = mls.ResumptionPsk(mls.APPLICATION_USE, group.group_id, group.epoch)
    trusting: dict[str, Any] = {"now": NOW, "authenticate": trust}
    package = world.client(b"proposed").key_package().message
    made = [
        partial(mls.propose_update, group),
        partial(mls.propose_remove, group, 4),
        partial(mls.propose_add, group, package, **trusting),
        partial(mls.propose_psk, group, mls.ExternalPsk(b"shared")),
        partial(mls.propose_psk, group, resumed),
        partial(mls.propose_extensions, group, lists, **trusting),
        partial(mls.propose_reinit, group, mls.ReInit(b"another", 1, 1, lists)),
    ]
    return [propose(random=world.random, public=public)[1] for propose in made]


def _external_commit(world: World, info: bytes) -> bytes:
    package = world.client(b"stranger").key_package()
    entered = mls.join_external(info, package, now=NOW, random=world.random, authenticate=trust, policy=OPEN)
    return entered.message


def _rare() -> list[object]:
    """Return structures that travel only encrypted, or seldom."""
    named = PreSharedKeyId(mls.ExternalPsk(b"shared"), bytes(32))
    return [
        GroupSecrets(bytes(32), PathSecret(bytes(32)), (named,)),
        SenderData(1, 2, b"grrd"),
        proposals.ExternalInit(bytes(32)),
        mls.X509Credential((b"certificate", b"issuer")),
        extensions.ExternalPub(bytes(32)),
        framing.ExternalSenderIndex(1),
        mls.RequiredCapabilities((1,), (2,), (1, 2)),
        mls.ExternalSender(bytes(32), mls.BasicCredential(b"sender")),
    ]


def _values_in(value: object) -> Iterator[object]:
    yield value
    if isinstance(value, tuple | list):
        for item in value:
            yield from _values_in(item)
    elif is_dataclass(value):
        for member in fields(value):
            yield from _values_in(getattr(value, member.name))


def structures(kind: type[Struct] = Struct) -> Iterator[type[Struct]]:
    """Yield every structure of the MLS modules that can be decoded by itself."""
    for below in kind.__subclasses__():
        yield from structures(below)
        # A dataclass with slots is made twice; the module holds the second.
        if vars(sys.modules[below.__module__]).get(below.__name__) is below and "FIELDS" in vars(below):
            yield below


@cache
def harvest() -> dict[type, tuple[bytes, ...]]:
    """Return different encodings of each structure that the conversation holds."""
    talk = conversation()
    secret_tree = group_state.RatchetState.decode(talk.group.ratchet_state()).secret_tree
    roots: list[object] = [
        *map(decode_message, talk.messages),
        group_state.EpochState.decode(talk.group.epoch_state()),
        group_state.RatchetState.decode(talk.group.ratchet_state()),
        SecretTree.decode(SUITE, talk.group.tree.size, secret_tree),
        nodes.RATCHET_TREE_FIELD.decode(talk.group.ratchet_tree),
        key_package._Stored.decode(talk.newcomer.encode()),
        *_rare(),
    ]
    found: dict[type, set[bytes]] = {}
    for value in _values_in(roots):
        if isinstance(value, Struct):
            found.setdefault(type(value), set()).add(value.encode())
        elif isinstance(value, PublicMessage):
            content = AuthenticatedContent(1, value.content, value.encoded_content, value.auth)
            found.setdefault(AuthenticatedContent, set()).add(content.encode())
    return {kind: tuple(sorted(encodings, key=len)[-8:]) for kind, encodings in found.items()}


def _fields() -> dict[str, Field[Any]]:
    return {
        "PROPOSAL": proposals.PROPOSAL,
        "SENDER": framing.SENDER,
        "CREDENTIAL": credentials.CREDENTIAL,
        "EXTENSIONS": credentials.EXTENSIONS,
        "NODE": nodes.NODE,
        "RATCHET_TREE": nodes.RATCHET_TREE_FIELD,
        "PRE_SHARED_KEY_ID": PRE_SHARED_KEY_ID,
    }


def _field_seeds(field: Field[Any]) -> list[bytes]:
    """Return what of the harvest fits a field, with each tag it may have."""
    tags = [b"", *(tag.to_bytes(size, "big") for size in (1, 2) for tag in range(8))]
    found = []
    for data in (tag + one for encodings in harvest().values() for one in encodings for tag in tags):
        try:
            field.decode(data)
        except PeerError:
            continue
        found.append(data)
    return found[:20]


def _restored_epoch(data: bytes) -> mls.Group:
    return mls.restore_group(data, conversation().group.ratchet_state())


def _restored_ratchets(data: bytes) -> mls.Group:
    return mls.restore_group(conversation().group.epoch_state(), data)


@cache
def doors() -> tuple[Door, ...]:
    """Return every decoder of the MLS modules with what it reads."""
    talk = conversation()
    group, secrets = talk.group, talk.newcomer
    infos = [message for message in talk.messages if message[3] == 4]
    special = [
        Door("decode_message", decode_message, encode_message, talk.messages),
        Door("message_epoch", mls.message_epoch, None, talk.messages),
        Door("decode_group_info", decode_group_info, encode_message, infos),
        Door("key_package_identity", mls.key_package_identity, lambda seen: seen.message, [secrets.message]),
        Door(
            "KeyPackageSecrets", mls.KeyPackageSecrets.decode, lambda kept: kept.encode(), [secrets.encode()]
        ),
        Door(
            "RatchetTree",
            partial(RatchetTree.decode, SUITE),
            lambda tree: tree.encode(),
            [group.ratchet_tree],
        ),
        Door("decode_group", mls.decode_group, mls.encode_group, [mls.encode_group(group)]),
        Door("epoch state", _restored_epoch, lambda held: held.epoch_state(), [group.epoch_state()]),
        Door("ratchet state", _restored_ratchets, lambda held: held.ratchet_state(), [group.ratchet_state()]),
        Door(
            "SecretTree",
            partial(SecretTree.decode, SUITE, group.tree.size),
            lambda tree: tree.encode(),
            [group.secret_tree.encode()],
        ),
        Door("process", _processed, None, talk.messages),
        Door("join_group", _joined, None, [talk.welcome]),
        Door("join_external", _entered, None, infos),
    ]
    values = [
        Door(f"field {name}", field.decode, field.encode, _field_seeds(field))
        for name, field in _fields().items()
    ]
    parts = [
        Door(kind.__name__, kind.decode, kind.encode, harvest().get(kind, ()))
        for kind in structures()
        if ".mls." in kind.__module__
    ]
    authenticated = harvest()[AuthenticatedContent]
    parts.append(
        Door("AuthenticatedContent", AuthenticatedContent.decode, AuthenticatedContent.encode, authenticated)
    )
    return (*special, *values, *parts)


def _processed(data: bytes) -> object:
    return mls.process(conversation().world.groups[4], data, now=NOW, authenticate=trust, psks=PSKS)


def _joined(data: bytes) -> object:
    return mls.join_group(data, conversation().newcomer, now=NOW, authenticate=trust, psks=PSKS)


def _entered(data: bytes) -> object:
    talk = conversation()
    return mls.join_external(data, talk.newcomer, now=NOW, random=talk.world.random, authenticate=trust)
