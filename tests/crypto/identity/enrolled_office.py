"""An operator, an office and its devices made of fixed seeds, for tests of the chain of statements."""

from dataclasses import dataclass, field
from hashlib import sha256

from rogatory_crypto import signing
from rogatory_crypto.identity import (
    AuthorityEntry,
    DeviceEntry,
    EnrolmentCode,
    Invitation,
    Registry,
    Revocation,
    RevocationReason,
    SignedStatement,
    Signer,
    sign_statement,
)
from rogatory_crypto.wire.identifier import DeviceId, EntryId

ORIGIN = "relay.example"
NOW = 1_790_000_000
DAY = 86_400
OPERATOR = bytes(range(32))


def seed(name: str) -> bytes:
    return sha256(name.encode()).digest()


def new_registry() -> Registry:
    return Registry(ORIGIN, signing.public_key(OPERATOR))


@dataclass
class EnrolledOffice:
    """Signs the statements of one office in their order and knows the head of its chain."""

    name: str = "CNA-SN-01"
    sequence: int = -1
    head: bytes | None = None
    code: EnrolmentCode = field(init=False)
    office_private: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.code = EnrolmentCode(seed("code of " + self.name)[:20])
        self.office_private = seed("office key of " + self.name)

    @property
    def entry_id(self) -> EntryId:
        return EntryId(self.name)

    def invitation(
        self, *, issued_at: int = NOW, expires_at: int = NOW + 14 * DAY, origin: str = ORIGIN
    ) -> SignedStatement:
        statement = Invitation(origin, self.entry_id, self.code.public_key(), issued_at, expires_at)
        return sign_statement(statement, {Signer.OPERATOR: OPERATOR})

    def enrolment(self, invitation: SignedStatement, *, code: EnrolmentCode | None = None) -> SignedStatement:
        public = signing.public_key(self.office_private)
        entry = AuthorityEntry(
            self.entry_id, public, invitation.hash, self.sequence + 1, self.head, created_at=NOW
        )
        private = (code or self.code).private_key()
        return self._advance(
            sign_statement(entry, {Signer.CODE: private, Signer.OFFICE: self.office_private})
        )

    def device_id(self, device: str) -> DeviceId:
        return DeviceId(seed(f"id of {self.name} {device}")[:16])

    def device_private(self, device: str) -> bytes:
        return seed(f"device {self.name} {device}")

    def device(self, device: str = "first", *, not_after: int = NOW + 365 * DAY) -> SignedStatement:
        private = self.device_private(device)
        entry = DeviceEntry(
            self.entry_id,
            "case officer",
            self.device_id(device),
            signing.public_key(private),
            NOW,
            not_after,
            self.sequence + 1,
            self.head,
        )
        return self._advance(
            sign_statement(entry, {Signer.OFFICE: self.office_private, Signer.DEVICE: private})
        )

    def revocation(self, device: str = "first", *, at: int = NOW) -> SignedStatement:
        revocation = Revocation(
            self.entry_id, self.device_id(device), RevocationReason.LOST, at, self.sequence + 1, self.head
        )
        return self._advance(sign_statement(revocation, {Signer.OFFICE: self.office_private}))

    def _advance(self, signed: SignedStatement) -> SignedStatement:
        self.sequence, self.head = self.sequence + 1, signed.hash
        return signed
