"""A member's signed statement of an epoch, and whether an outsider may believe it (RFC 9420 12.4.3)."""

from dataclasses import dataclass, field

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import key_schedule
from rogatory_crypto.mls.credentials import (
    DEFAULT_EXTENSIONS,
    EXTERNAL_PUB,
    GREASE,
    PROTOCOL_VERSION,
    RATCHET_TREE,
    Authenticator,
    Extension,
    Successor,
    extension_of,
    same_identity,
)
from rogatory_crypto.mls.extensions import (
    ExternalPub,
    verify_group_extensions,
    verify_group_info_extensions,
)
from rogatory_crypto.mls.group import Group
from rogatory_crypto.mls.key_schedule import GroupContext
from rogatory_crypto.mls.leaf_validation import Admission, verify_begun
from rogatory_crypto.mls.nodes import KeyPackage
from rogatory_crypto.mls.policy import GroupPolicy
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.mls.tree_validation import verify_structure
from rogatory_crypto.mls.welcome import GroupInfo, decode_message, encode_message
from rogatory_crypto.primitives import CipherSuite, cipher_suite


@dataclass(frozen=True, slots=True)
class Judge:
    """By what an outsider judges a group before he enters it."""

    now: int
    authenticate: Authenticator
    policy: GroupPolicy = field(default_factory=GroupPolicy)
    successor: Successor = same_identity


def statement(group: Group, *, include_tree: bool = True, external: bool = False) -> GroupInfo:
    """Return our signed GroupInfo of this epoch, with a key for external joins only if asked (H08)."""
    extensions = []
    if include_tree:
        extensions.append(Extension(RATCHET_TREE, group.ratchet_tree))
    if external:
        _, public = key_schedule.external_key_pair(group.suite, group.secrets.external_secret)
        extensions.append(Extension(EXTERNAL_PUB, ExternalPub(public).encode()))
    info = GroupInfo(group.context, tuple(extensions), group.confirmation_tag, group.own_leaf)
    return info.signed(group.suite, group.signer.private)


def group_info(group: Group, *, include_tree: bool = True, external: bool = False) -> bytes:
    """Return our signed statement of this epoch as a complete MLSMessage.

    Args:
        group: the live group.
        include_tree: whether it carries the ratchet tree.
        external: whether it carries the key by which outsiders join; who has it may try to.

    Raises:
        MisuseError: if we may not act in the group.
    """
    group.require_active()
    return encode_message(statement(group, include_tree=include_tree, external=external))


def decode_group_info(message: bytes) -> GroupInfo:
    """Read a GroupInfo that travels as a message.

    Raises:
        PeerError: MALFORMED, UNSUPPORTED or TOO_LARGE.
    """
    info = decode_message(message)
    if not isinstance(info, GroupInfo):
        raise PeerError(Code.MALFORMED, "H07: not a GroupInfo")
    return info


def external_pub(info: GroupInfo) -> bytes:
    """Return the key by which outsiders join.  # H07.

    Raises:
        PeerError: FORBIDDEN if the GroupInfo has none, MALFORMED.
    """
    data = extension_of(info.extensions, EXTERNAL_PUB)
    if data is None:
        raise PeerError(Code.FORBIDDEN, "H07 H08: no key for external joins")
    return ExternalPub.decode(data).external_pub


def verify_context(info: GroupInfo, package: KeyPackage) -> GroupContext:
    """Return the context of a group that the client of a KeyPackage could be in.  # K01 K12 K14.

    Raises:
        PeerError: INVALID_WELCOME, UNSUPPORTED or MALFORMED.
    """
    context = info.group_context
    if context.version != PROTOCOL_VERSION or context.cipher_suite != package.cipher_suite:
        raise PeerError(Code.INVALID_WELCOME, "K01: the group has another version or suite")
    supported = {*DEFAULT_EXTENSIONS, *package.leaf_node.capabilities.extensions} - {*GREASE}  # P02
    if not {extension.extension_type for extension in context.extensions} <= supported:
        raise PeerError(Code.UNSUPPORTED, "K12: the group has an extension that we do not support")
    verify_group_extensions(context.extensions)
    verify_group_info_extensions(info.extensions)
    return context


def verify_group(
    info: GroupInfo, package: KeyPackage, external_tree: bytes | None, judge: Judge
) -> tuple[RatchetTree, Admission]:
    """Return the tree of a group whose statement, tree and members are sound, and its terms.  # K02 to K12.

    Args:
        info: the GroupInfo.
        package: our KeyPackage.
        external_tree: the tree, if the GroupInfo does not carry it.
        judge: what we judge by.

    Raises:
        PeerError: INVALID_WELCOME, INVALID_TREE, or whatever is wrong with a member.
    """
    context = verify_context(info, package)
    suite = cipher_suite(context.cipher_suite)
    tree = _tree(info, suite, external_tree)
    _verify_signer(info, tree, suite)
    verify_structure(tree)
    longest = judge.policy.max_lifetime_s
    admission = Admission(
        suite, context.group_id, context.extensions, judge.authenticate, judge.now, judge.successor, longest
    )
    for _, parent in tree.parents():
        suite.kem.check_public_key(parent.encryption_key)
    for seat, leaf in tree.leaves():
        verify_begun(leaf, judge.now)
        admission.verify_seated(leaf, seat)  # K07
    admission.verify_credential_types(tree)  # D12
    admission.verify_external_senders(context.extensions)  # D01
    return tree, admission


def _tree(info: GroupInfo, suite: CipherSuite, external: bytes | None) -> RatchetTree:
    data = extension_of(info.extensions, RATCHET_TREE)
    if data is None:
        data = external
    if data is None:
        raise PeerError(Code.INVALID_WELCOME, "K05: no ratchet tree")
    tree = RatchetTree.decode(suite, data)
    if tree.tree_hash() != info.group_context.tree_hash:
        raise PeerError(Code.INVALID_TREE, "K05: not the tree of this group")
    return tree


def _verify_signer(info: GroupInfo, tree: RatchetTree, suite: CipherSuite) -> None:
    signer = tree.leaf(LeafIndex(info.signer))
    if signer is None:
        raise PeerError(Code.INVALID_WELCOME, "K02: a blank seat signed")
    info.verify_signature(suite, signer.signature_key)
