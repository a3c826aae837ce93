"""An operator, offices and devices with fresh keys, valid around a given moment."""

import secrets
from dataclasses import dataclass, field
from hashlib import sha256

from tests.own_networks import NUMBERED

from rogatory_crypto.identity import (
    AuthorityEntry,
    DeviceCredential,
    DeviceEntry,
    Invitation,
    Revocation,
    RevocationReason,
    Role,
    SignedStatement,
    Signer,
    authority_uri,
    generate_code,
    sign_statement,
)
from rogatory_crypto.log import log_origin
from rogatory_crypto.log.chains import Place
from rogatory_crypto.log.entry_body import sign_content
from rogatory_crypto.log.entry_content import DirectorySnapshot
from rogatory_crypto.signing import PrivateKeys, PublicKeys, generate_private_keys
from rogatory_crypto.wire.identifier import DeviceId, EntryId
from rogatory_crypto.wire.log_request import ProposedEntry

ORIGIN = "relay.example"
_fresh = iter(NUMBERED)
DAY = 86_400


def fresh_entry_id() -> EntryId:
    """An authority that no other test of this run has enrolled."""
    return EntryId(next(_fresh))


@dataclass(frozen=True)
class DeviceKeys:
    device_id: DeviceId
    private_key: bytes
    entry_id: EntryId
    officer: str = "case officer"

    def identity(self, index: int) -> bytes:
        authority = authority_uri(ORIGIN, self.entry_id)
        return DeviceCredential(authority, self.officer, self.device_id, index).encode()


@dataclass
class Operator:
    private_key: PrivateKeys = field(default_factory=lambda: generate_private_keys(secrets.token_bytes))

    @property
    def public_key(self) -> PublicKeys:
        return self.private_key.public

    def snapshot_entry(self, number: int, snapshot: bytes, place: Place) -> ProposedEntry:
        """Say in the log that this is the newest directory."""
        content = DirectorySnapshot(number, sha256(snapshot).digest())
        entry = sign_content(content, log_origin(ORIGIN), place, {b"": self.private_key}, 0)
        return ProposedEntry(entry.type, entry.body)


@dataclass
class OfficeKeys:
    """Signs one office's statements in their order."""

    entry_id: EntryId
    operator: Operator
    now: int
    private_key: PrivateKeys = field(default_factory=lambda: generate_private_keys(secrets.token_bytes))
    sequence: int = -1
    head: bytes | None = None

    def enrolment(self) -> list[bytes]:
        """Return an invitation and the entry that uses it."""
        code = generate_code(secrets.token_bytes)
        invitation = sign_statement(
            Invitation(ORIGIN, self.entry_id, code.public_key(), self.now, self.now + DAY),
            {Signer.OPERATOR: self.operator.private_key},
        )
        entry = AuthorityEntry(
            self.entry_id,
            self.private_key.public,
            invitation.hash,
            self.sequence + 1,
            self.head,
            self.now,
        )
        keys = {Signer.CODE: code.private_key(), Signer.NEW_OFFICE: self.private_key.ed25519}
        return [invitation.encoded, self._advance(sign_statement(entry, keys))]

    def device(self, lifetime: int = 30 * DAY) -> tuple[DeviceKeys, bytes]:
        """Return a new device and its entry, valid for so many seconds from now."""
        private = generate_private_keys(secrets.token_bytes)
        device = DeviceKeys(DeviceId(secrets.token_bytes(16)), private.ed25519, self.entry_id)
        entry = DeviceEntry(
            self.entry_id,
            device.officer,
            Role.CASE_OFFICER,
            device.device_id,
            private.public,
            self.now - 60,
            self.now + lifetime,
            self.sequence + 1,
            self.head,
        )
        signed = sign_statement(entry, {Signer.OFFICE: self.private_key, Signer.DEVICE: device.private_key})
        return device, self._advance(signed)

    def revocation(self, device: DeviceKeys) -> bytes:
        statement = Revocation(
            self.entry_id, device.device_id, RevocationReason.LOST, self.now, self.sequence + 1, self.head
        )
        return self._advance(sign_statement(statement, {Signer.OFFICE: self.private_key}))

    def _advance(self, signed: SignedStatement) -> bytes:
        self.sequence, self.head = self.sequence + 1, signed.hash
        return signed.encoded
