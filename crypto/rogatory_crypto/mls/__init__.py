"""Messaging Layer Security by RFC 9420: groups of clients that agree on keys and on who they are.

Pure: bytes, ``now`` in unix seconds and ``random`` go in, values come out. A ``Group`` is a value; what
happens to it gives the next one. Modules follow the chapters, each importing only earlier ones: tree_math,
certificates, credentials, extensions, nodes, census, ratchet_tree, tree_validation, treekem, key_schedule,
pre_shared_keys, secret_tree, proposals, framing, private_message, welcome, policy, leaf_validation,
key_package, proposal_list, proposal_validation, provisional, members, past_epochs, group_state, group,
persistence, epoch_info, commit, sending, proposing, selection, staging, receiving, resumption, joining,
external, statement. The ids in comments (``# D06``) name the rules of the validation
register.

The order of a caller: verify, store the returned group, then show or send, then forget the old group.
"""

from rogatory_crypto.mls.credentials import (
    Authenticator,
    BasicCredential,
    Capabilities,
    Credential,
    Extension,
    Lifetime,
    RequiredCapabilities,
    Successor,
    X509Credential,
    greased,
    own_capabilities,
    same_identity,
)
from rogatory_crypto.mls.epoch_info import group_info
from rogatory_crypto.mls.extensions import (
    ExternalSender,
    external_senders_extension,
    required_capabilities_extension,
)
from rogatory_crypto.mls.external import ExternalCommit, join_external, propose_external, propose_join
from rogatory_crypto.mls.group import Group, Status, export_secret, forget_past_epochs
from rogatory_crypto.mls.joining import create_group, join_group, welcome_tree_hash
from rogatory_crypto.mls.key_package import (
    KeyPackageSecrets,
    VerifiedKeyPackage,
    generate_key_package,
    key_package_identity,
)
from rogatory_crypto.mls.key_schedule import (
    APPLICATION_USE,
    ExternalPsk,
    PreSharedKeyId,
    PskSource,
    ResumptionPsk,
)
from rogatory_crypto.mls.members import Member, Outsider
from rogatory_crypto.mls.persistence import decode_group, encode_group, restore_group
from rogatory_crypto.mls.policy import GroupPolicy
from rogatory_crypto.mls.pre_shared_keys import PskStore
from rogatory_crypto.mls.proposals import (
    Add,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ReInit,
    Remove,
    Update,
)
from rogatory_crypto.mls.proposing import (
    propose_add,
    propose_extensions,
    propose_psk,
    propose_reinit,
    propose_remove,
    propose_update,
)
from rogatory_crypto.mls.receiving import (
    ApplicationReceived,
    CommitReceived,
    EchoReceived,
    ProposalReceived,
    Received,
    message_authenticated_data,
    message_epoch,
    process,
)
from rogatory_crypto.mls.resumption import stage_branch, stage_reinit
from rogatory_crypto.mls.sending import protect
from rogatory_crypto.mls.staging import StagedCommit, stage_commit
from rogatory_crypto.mls.statement import sign_with_label, verify_with_label
from rogatory_crypto.primitives import (
    CipherSuite,
    Random,
    SignatureKeyPair,
    cipher_suite,
    generate_signature_key,
)

__all__ = [
    "APPLICATION_USE",
    "Add",
    "ApplicationReceived",
    "Authenticator",
    "BasicCredential",
    "Capabilities",
    "CipherSuite",
    "CommitReceived",
    "Credential",
    "EchoReceived",
    "Extension",
    "ExternalCommit",
    "ExternalPsk",
    "ExternalSender",
    "Group",
    "GroupContextExtensions",
    "GroupPolicy",
    "KeyPackageSecrets",
    "Lifetime",
    "Member",
    "Outsider",
    "PreSharedKey",
    "PreSharedKeyId",
    "Proposal",
    "ProposalReceived",
    "PskSource",
    "PskStore",
    "Random",
    "ReInit",
    "Received",
    "Remove",
    "RequiredCapabilities",
    "ResumptionPsk",
    "SignatureKeyPair",
    "StagedCommit",
    "Status",
    "Successor",
    "Update",
    "VerifiedKeyPackage",
    "X509Credential",
    "cipher_suite",
    "create_group",
    "decode_group",
    "encode_group",
    "export_secret",
    "external_senders_extension",
    "forget_past_epochs",
    "generate_key_package",
    "generate_signature_key",
    "greased",
    "group_info",
    "join_external",
    "join_group",
    "key_package_identity",
    "message_authenticated_data",
    "message_epoch",
    "own_capabilities",
    "process",
    "propose_add",
    "propose_extensions",
    "propose_external",
    "propose_join",
    "propose_psk",
    "propose_reinit",
    "propose_remove",
    "propose_update",
    "protect",
    "required_capabilities_extension",
    "restore_group",
    "same_identity",
    "sign_with_label",
    "stage_branch",
    "stage_commit",
    "stage_reinit",
    "verify_with_label",
    "welcome_tree_hash",
]
