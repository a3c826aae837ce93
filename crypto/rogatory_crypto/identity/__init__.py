"""Who speaks: the chain from the directory operator to an MLS leaf, and the rules that verify it."""

from rogatory_crypto.identity.credential import DeviceCredential, authority_uri, room_uri
from rogatory_crypto.identity.enrolment import EnrolmentCode, generate_code, parse_code
from rogatory_crypto.identity.profile import DEFAULT_SUITE, NetworkProfile, parse_profile
from rogatory_crypto.identity.registry import Device, Office, OpenInvitation, Registry, VerifiedDevice
from rogatory_crypto.identity.snapshot import Snapshot, VerifiedSnapshot, sign_snapshot, verify_snapshot
from rogatory_crypto.identity.statement import (
    AuthorityEntry,
    DeviceEntry,
    Invitation,
    Revocation,
    RevocationReason,
    SignedStatement,
    Signer,
    Statement,
    decode_statement,
    sign_statement,
)

__all__ = [
    "DEFAULT_SUITE",
    "AuthorityEntry",
    "Device",
    "DeviceCredential",
    "DeviceEntry",
    "EnrolmentCode",
    "Invitation",
    "NetworkProfile",
    "Office",
    "OpenInvitation",
    "Registry",
    "Revocation",
    "RevocationReason",
    "SignedStatement",
    "Signer",
    "Snapshot",
    "Statement",
    "VerifiedDevice",
    "VerifiedSnapshot",
    "authority_uri",
    "decode_statement",
    "generate_code",
    "parse_code",
    "parse_profile",
    "room_uri",
    "sign_snapshot",
    "sign_statement",
    "verify_snapshot",
]
