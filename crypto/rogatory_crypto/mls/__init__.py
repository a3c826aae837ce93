"""Messaging Layer Security by RFC 9420: groups of clients that agree on keys and on who they are.

Pure: bytes, ``now`` in unix seconds and ``random`` go in, values come out. A ``Group`` is a value; what
happens to it gives the next one. Modules follow the chapters, each importing only earlier ones: tree_math,
certificates, credentials, nodes, census, ratchet_tree, tree_validation, treekem, key_schedule, secret_tree,
proposals, framing, private_message, welcome, leaf_validation, key_package, proposal_list, group_state, group,
persistence, commit, sending, staging, receiving, joining, statement. The ids in comments (``# D06``) name the
rules of the validation register.

The order of a caller: verify, store the returned group, then show or send, then forget the old group.
"""

from rogatory_crypto.mls.credentials import (
    Authenticator,
    BasicCredential,
    Capabilities,
    Credential,
    Lifetime,
    Successor,
)
from rogatory_crypto.mls.group import Group, Member, export_secret, forget_past_epochs
from rogatory_crypto.mls.joining import create_group, join_group
from rogatory_crypto.mls.key_package import (
    KeyPackageSecrets,
    VerifiedKeyPackage,
    generate_key_package,
    key_package_identity,
)
from rogatory_crypto.mls.persistence import decode_group, encode_group, restore_group
from rogatory_crypto.mls.receiving import (
    ApplicationReceived,
    CommitReceived,
    EchoReceived,
    ProposalReceived,
    Received,
    message_epoch,
    process,
)
from rogatory_crypto.mls.sending import propose_add, propose_remove, propose_update, protect
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
    "ApplicationReceived",
    "Authenticator",
    "BasicCredential",
    "Capabilities",
    "CipherSuite",
    "CommitReceived",
    "Credential",
    "EchoReceived",
    "Group",
    "KeyPackageSecrets",
    "Lifetime",
    "Member",
    "ProposalReceived",
    "Random",
    "Received",
    "SignatureKeyPair",
    "StagedCommit",
    "Successor",
    "VerifiedKeyPackage",
    "cipher_suite",
    "create_group",
    "decode_group",
    "encode_group",
    "export_secret",
    "forget_past_epochs",
    "generate_key_package",
    "generate_signature_key",
    "join_group",
    "key_package_identity",
    "message_epoch",
    "process",
    "propose_add",
    "propose_remove",
    "propose_update",
    "protect",
    "restore_group",
    "sign_with_label",
    "stage_commit",
    "verify_with_label",
]
