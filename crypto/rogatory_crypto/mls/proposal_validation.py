"""Is a single proposal sound in this epoch, whoever commits it (RFC 9420 section 12.1)?"""

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import extensions, pre_shared_keys
from rogatory_crypto.mls.credentials import PROTOCOL_VERSION, Extension
from rogatory_crypto.mls.framing import MemberSender, Sender
from rogatory_crypto.mls.leaf_validation import Admission
from rogatory_crypto.mls.nodes import LeafNode
from rogatory_crypto.mls.proposal_list import Listed
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
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.primitives import cipher_suite


def verify_proposal(entry: Listed, tree: RatchetTree, admission: Admission) -> None:
    """Return only if a single proposal is sound in this epoch.  # F.

    Raises:
        PeerError: INVALID_PROPOSAL, UNSUPPORTED, or what the leaf or KeyPackage breaks.
    """
    match entry.proposal:
        case Add(package):
            admission.verify_key_package(package)  # F01
        case Update(leaf):
            _verify_update(leaf, entry.sender, tree, admission)
        case Remove(removed):
            if tree.leaf(LeafIndex(removed)) is None:
                raise PeerError(Code.INVALID_PROPOSAL, "F03: nobody sits there")
        case other:
            _verify_other(other, admission)


def _verify_other(proposal: Proposal, admission: Admission) -> None:
    match proposal:
        case PreSharedKey(psk):
            pre_shared_keys.verify_psk(psk, admission.suite)  # F04
        case ReInit():
            _verify_reinit(proposal)
        case ExternalInit(kem_output):
            if len(kem_output) != admission.suite.kem.enc_size:
                raise PeerError(Code.INVALID_PROPOSAL, "F06: a KEM output of the wrong length")
        case GroupContextExtensions(wanted):
            verify_extensions(wanted, admission)
        case _:
            raise PeerError(Code.UNSUPPORTED, "F10: a proposal of an unknown type")


def _verify_update(leaf: LeafNode, sender: Sender, tree: RatchetTree, admission: Admission) -> None:
    if not isinstance(sender, MemberSender):
        raise PeerError(Code.INVALID_PROPOSAL, "F02: an update of somebody who is not a member")
    seat = LeafIndex(sender.leaf_index)
    old = tree.leaf(seat)
    if old is None:
        raise PeerError(Code.INVALID_PROPOSAL, "F02: an update of a blank seat")
    admission.verify_update(leaf, seat, old)


def _verify_reinit(reinit: ReInit) -> None:
    if reinit.version < PROTOCOL_VERSION:
        raise PeerError(Code.INVALID_PROPOSAL, "F05: a ReInit to an earlier version")
    if reinit.version > PROTOCOL_VERSION:
        raise PeerError(Code.UNSUPPORTED, "F05: a ReInit to a version that we do not know")
    cipher_suite(reinit.cipher_suite)
    extensions.verify_group_extensions(reinit.extensions)


def verify_extensions(wanted: tuple[Extension, ...], admission: Admission) -> None:
    """Return only if these may become the extensions of the group, members aside.  # F07 F08.

    Raises:
        PeerError: UNSUPPORTED, MALFORMED, INVALID_PROPOSAL or INVALID_CREDENTIAL.
    """
    if any(extension.extension_type == extensions.APP_DATA_DICTIONARY for extension in wanted):
        raise PeerError(Code.INVALID_PROPOSAL, "F08: application data has a proposal of its own")
    extensions.verify_group_extensions(wanted)
    admission.verify_external_senders(wanted)
