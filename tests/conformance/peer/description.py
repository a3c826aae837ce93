"""What can be told of a group, and of any message without a key."""

from typing import Any, Final

from tests.conformance.peer.request import Reply

from rogatory_crypto.errors import PeerError
from rogatory_crypto.mls import BasicCredential, Credential, Group, Status, cipher_suite
from rogatory_crypto.mls.framing import (
    ExternalSenderIndex,
    FramedContent,
    MemberSender,
    NewMemberProposal,
    PrivateMessage,
    PublicMessage,
    Sender,
)
from rogatory_crypto.mls.nodes import FromKeyPackage, KeyPackage
from rogatory_crypto.mls.proposals import Commit, Proposal
from rogatory_crypto.mls.welcome import GroupInfo, Message, Welcome

CONTENT_KINDS: Final = {1: "application", 2: "proposal", 3: "commit"}
_ACTIVE: Final = {
    Status.ACTIVE: "active",
    Status.REMOVED: "removedFromGroup",
    Status.SUSPENDED: "suspendedPendingReinit",
}


def state_of(group: Group) -> Reply:
    """Return everything that members of an epoch can compare."""
    return {
        "epoch": group.epoch,
        "epoch_authenticator": group.epoch_authenticator.hex(),
        "tree_hash": group.tree_hash.hex(),
        "confirmed_transcript_hash": group.confirmed_transcript_hash.hex(),
        "own_leaf": group.own_leaf,
        "active": _ACTIVE[group.status],
        "members": [
            {
                "leaf": leaf_index,
                "identity": identity_text(leaf.credential),
                "signature_key": leaf.signature_key.hex(),
                "encryption_key": leaf.encryption_key.hex(),
            }
            for leaf_index, leaf in group.tree.leaves()
        ],
    }


def identity_text(credential: Credential) -> str:
    """Return a basic identity that is text as that text, the hex of anything else."""
    if isinstance(credential, BasicCredential):
        try:
            return credential.identity.decode()
        except UnicodeDecodeError:
            pass
    return credential.identity.hex()


def content_kind(message: Message) -> str:
    """Return what a message of a group carries: application, proposal or commit."""
    match message:
        case PrivateMessage(content_type=number):
            return CONTENT_KINDS.get(number, "unknown")
        case PublicMessage(content=FramedContent(content=Commit())):
            return "commit"
        case PublicMessage(content=FramedContent(content=Proposal())):
            return "proposal"
        case _:
            return "application"


def describe(message: Message) -> Reply:
    """Return the wire format of a message and what stands in it in the open."""
    match message:
        case PublicMessage():
            return {"wireformat": "mls_public_message", **_public(message)}
        case PrivateMessage():
            return {"wireformat": "mls_private_message", **_private(message)}
        case Welcome():
            return {"wireformat": "mls_welcome", **_welcome(message)}
        case GroupInfo():
            return {"wireformat": "mls_group_info", **_group_info(message)}
        case KeyPackage():
            return {"wireformat": "mls_key_package", **_key_package(message)}


def _public(message: PublicMessage) -> dict[str, Any]:
    content = message.content
    described = {
        "group_id": content.group_id.hex(),
        "epoch": content.epoch,
        "sender": _sender(content.sender),
        "aad": content.authenticated_data.hex(),
        "content_type": content_kind(message),
    }
    match content.content:
        case Commit(proposals, path):
            return {**described, "proposals": len(proposals), "path": path is not None}
        case Proposal() as proposal:
            return {**described, "proposal_type": proposal.NAME}
        case _:
            return described


def _sender(sender: Sender) -> dict[str, Any]:
    match sender:
        case MemberSender(leaf_index):
            return {"type": "member", "leaf": leaf_index}
        case ExternalSenderIndex(sender_index):
            return {"type": "external", "index": sender_index}
        case NewMemberProposal():
            return {"type": "new_member_proposal"}
        case _:
            return {"type": "new_member_commit"}


def _private(message: PrivateMessage) -> dict[str, Any]:
    return {
        "group_id": message.group_id.hex(),
        "epoch": message.epoch,
        "content_type": content_kind(message),
        "aad": message.authenticated_data.hex(),
        "ciphertext_length": len(message.ciphertext),
    }


def _welcome(message: Welcome) -> dict[str, Any]:
    return {
        "suite": message.cipher_suite,
        "new_members": [entry.new_member.hex() for entry in message.secrets],
        "encrypted_group_info_length": len(message.encrypted_group_info),
    }


def _group_info(message: GroupInfo) -> dict[str, Any]:
    context = message.group_context
    return {
        "suite": context.cipher_suite,
        "group_id": context.group_id.hex(),
        "epoch": context.epoch,
        "tree_hash": context.tree_hash.hex(),
        "confirmed_transcript_hash": context.confirmed_transcript_hash.hex(),
        "extensions": [extension.extension_type for extension in message.extensions],
        "signer": message.signer,
    }


def _key_package(message: KeyPackage) -> dict[str, Any]:
    leaf = message.leaf_node
    lifetime = leaf.source.lifetime if isinstance(leaf.source, FromKeyPackage) else None
    return {
        "suite": message.cipher_suite,
        "ref": _reference(message),
        "identity": identity_text(leaf.credential),
        "init_key": message.init_key.hex(),
        "encryption_key": leaf.encryption_key.hex(),
        "signature_key": leaf.signature_key.hex(),
        "not_before": None if lifetime is None else lifetime.not_before,
        "not_after": None if lifetime is None else lifetime.not_after,
    }


def _reference(message: KeyPackage) -> str | None:
    try:
        return message.reference(cipher_suite(message.cipher_suite)).hex()
    except PeerError:
        return None  # a suite that we do not know hashes in a way that we do not know
