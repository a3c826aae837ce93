"""An operator, offices and their devices made of fixed seeds, for tests of the chain of statements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from tests.own_networks import OWN_NETWORKS

from rogatory_crypto.identity import (
    AuthorityEntry,
    DeviceEntry,
    EnrolmentCode,
    HandOver,
    Invitation,
    KeySuccession,
    Registry,
    Renewal,
    Revocation,
    RevocationReason,
    Role,
    SignedStatement,
    Signer,
    sign_statement,
)
from rogatory_crypto.identity.signed_statement import Private
from rogatory_crypto.identity.statement import OfficeStatement, Statement
from rogatory_crypto.signing import PrivateKeys, PublicKeys
from rogatory_crypto.wire.identifier import DeviceId, EntryId

ORIGIN = "relay.example"
NOW = 1_790_000_000
DAY = 86_400


def seed(name: str) -> bytes:
    return sha256(name.encode()).digest()


def keys(name: str) -> PrivateKeys:
    return PrivateKeys(seed(name), seed("ML-DSA-44 " + name))


# A public key costs as much as a signature, and tests ask for few of them often.
@lru_cache(maxsize=256)
def public(private: PrivateKeys) -> PublicKeys:
    return private.public


# ML-DSA-44 signs the same thing differently each time; tests that say it again mean the same bytes.
@lru_cache(maxsize=256)
def _signed(statement: Statement, private_keys: tuple[tuple[Signer, Private], ...]) -> SignedStatement:
    return sign_statement(statement, dict(private_keys))


def signed_by(statement: Statement, private_keys: Mapping[Signer, Private]) -> SignedStatement:
    return _signed(statement, tuple(private_keys.items()))


OPERATOR = keys("operator")


def new_registry(secretariats: Mapping[str, EntryId] = OWN_NETWORKS) -> Registry:
    return Registry(ORIGIN, public(OPERATOR), secretariats)


@dataclass
class EnrolledOffice:
    """Signs the statements of one office in their order and knows the head of its chain."""

    name: str = "CNA-SN-01"
    sequence: int = -1
    head: bytes | None = None
    code: EnrolmentCode = field(init=False)
    office_private: PrivateKeys = field(init=False)

    def __post_init__(self) -> None:
        self.code = EnrolmentCode(seed("code of " + self.name)[:20])
        self.office_private = keys("office keys of " + self.name)

    @property
    def entry_id(self) -> EntryId:
        return EntryId(self.name)

    def invitation(
        self, *, issued_at: int = NOW, expires_at: int = NOW + 14 * DAY, origin: str = ORIGIN
    ) -> SignedStatement:
        """The operator's letter to this office."""
        statement = Invitation(origin, self.entry_id, self.code.public_key(), issued_at, expires_at)
        return signed_by(statement, {Signer.OPERATOR: OPERATOR})

    def invite(
        self,
        invited: "EnrolledOffice",
        network: str,
        proposer: str = "first",
        confirmer: str = "second",
        *,
        at: int = NOW,
    ) -> SignedStatement:
        """This secretariat's letter to another office, by two of its devices."""
        statement = Invitation(
            ORIGIN,
            invited.entry_id,
            invited.code.public_key(),
            at,
            at + 14 * DAY,
            network,
            self.device_id(proposer),
            self.device_id(confirmer),
        )
        private = {
            Signer.PROPOSER: self.device_keys(proposer),
            Signer.CONFIRMER: self.device_keys(confirmer),
        }
        return signed_by(statement, private)

    def enrolment(self, invitation: SignedStatement, *, code: EnrolmentCode | None = None) -> SignedStatement:
        entry = AuthorityEntry(
            self.entry_id,
            public(self.office_private),
            invitation.hash,
            self.sequence + 1,
            self.head,
            created_at=NOW,
        )
        private = (code or self.code).private_key()
        return self._sign(entry, {Signer.CODE: private, Signer.NEW_OFFICE: self.office_private.ed25519})

    def device_id(self, device: str) -> DeviceId:
        return DeviceId(seed(f"id of {self.name} {device}")[:16])

    def device_keys(self, device: str) -> PrivateKeys:
        return keys(f"device {self.name} {device}")

    def device_private(self, device: str) -> bytes:
        return self.device_keys(device).ed25519

    def device(
        self,
        device: str = "first",
        *,
        officer: str = "case officer",
        role: Role = Role.CASE_OFFICER,
        not_before: int = NOW,
        not_after: int = NOW + 365 * DAY,
    ) -> SignedStatement:
        private = self.device_keys(device)
        entry = DeviceEntry(
            self.entry_id,
            officer,
            role,
            self.device_id(device),
            public(private),
            not_before,
            not_after,
            self.sequence + 1,
            self.head,
        )
        return self._sign(entry, {Signer.OFFICE: self.office_private, Signer.DEVICE: private.ed25519})

    def revocation(self, device: str = "first", *, at: int = NOW) -> SignedStatement:
        revocation = Revocation(
            self.entry_id, self.device_id(device), RevocationReason.LOST, at, self.sequence + 1, self.head
        )
        return self._sign(revocation, {Signer.OFFICE: self.office_private})

    def renewal(self, device: str = "first", *, not_after: int = NOW + 400 * DAY) -> SignedStatement:
        renewal = Renewal(self.entry_id, self.device_id(device), not_after, self.sequence + 1, self.head)
        return self._sign(renewal, {Signer.OFFICE: self.office_private})

    def succession(self, private: PrivateKeys) -> SignedStatement:
        """Replace the office's keys by these."""
        succession = KeySuccession(self.entry_id, public(private), NOW, self.sequence + 1, self.head)
        signed = self._sign(
            succession, {Signer.OFFICE: self.office_private, Signer.NEW_OFFICE: private.ed25519}
        )
        self.office_private = private
        return signed

    def hand_over(self, leaver: str, successor: str, proposer: str, confirmer: str) -> SignedStatement:
        handed = HandOver(
            self.entry_id,
            self.device_id(leaver),
            self.device_id(successor),
            self.device_id(proposer),
            self.device_id(confirmer),
            NOW,
            self.sequence + 1,
            self.head,
        )
        private = {
            Signer.OFFICE: self.office_private,
            Signer.PROPOSER: self.device_keys(proposer),
            Signer.CONFIRMER: self.device_keys(confirmer),
        }
        return self._sign(handed, private)

    def _sign(self, statement: OfficeStatement, private_keys: Mapping[Signer, Private]) -> SignedStatement:
        signed = signed_by(statement, private_keys)
        self.sequence, self.head = self.sequence + 1, signed.hash
        return signed
