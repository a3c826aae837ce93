"""Who speaks: the chain from the directory operator to an MLS leaf, and the rules that verify it."""

from rogatory_crypto.identity.credential import DeviceCredential, authority_uri, room_uri
from rogatory_crypto.identity.enrolment import EnrolmentCode, generate_code, nobodys_key, parse_code
from rogatory_crypto.identity.profile import DEFAULT_SUITE, NetworkProfile, parse_profile
from rogatory_crypto.identity.registry import Registry, VerifiedDevice
from rogatory_crypto.identity.role import Role
from rogatory_crypto.identity.signed_statement import (
    SignedStatement,
    Signer,
    decode_statement,
    join_signatures,
    sign_statement,
    signature_of,
)
from rogatory_crypto.identity.snapshot import Snapshot, VerifiedSnapshot, sign_snapshot, verify_snapshot
from rogatory_crypto.identity.standing import Device, Office, OpenInvitation
from rogatory_crypto.identity.statement import (
    AuthorityEntry,
    DeviceEntry,
    HandOver,
    Invitation,
    KeySuccession,
    Renewal,
    Revocation,
    RevocationReason,
    Statement,
)

__all__ = [
    "DEFAULT_SUITE",
    "AuthorityEntry",
    "Device",
    "DeviceCredential",
    "DeviceEntry",
    "EnrolmentCode",
    "HandOver",
    "Invitation",
    "KeySuccession",
    "NetworkProfile",
    "Office",
    "OpenInvitation",
    "Registry",
    "Renewal",
    "Revocation",
    "RevocationReason",
    "Role",
    "SignedStatement",
    "Signer",
    "Snapshot",
    "Statement",
    "VerifiedDevice",
    "VerifiedSnapshot",
    "authority_uri",
    "decode_statement",
    "generate_code",
    "join_signatures",
    "nobodys_key",
    "parse_code",
    "parse_profile",
    "room_uri",
    "sign_snapshot",
    "sign_statement",
    "signature_of",
    "verify_snapshot",
]
