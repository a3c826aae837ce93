"""A log as its operator writes it: every kind of entry about invented authorities, each in its chain."""

from dataclasses import dataclass, field

from tests.crypto.identity.enrolled_office import NOW, OPERATOR, ORIGIN, EnrolledOffice, public, seed
from tests.own_networks import OWN_NETWORKS

from rogatory_crypto import signing
from rogatory_crypto.identity import Role, SignedStatement
from rogatory_crypto.log.audit import Trust
from rogatory_crypto.log.chains import Chains, Place
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_body import decode_body, sign_content, subject_of
from rogatory_crypto.log.entry_content import (
    Change,
    Content,
    DirectoryChange,
    DirectorySnapshot,
    NetworkAdmission,
    OfficeSeal,
    PostmarkBatch,
    Revocation,
    Subject,
)
from rogatory_crypto.signing import PrivateKeys
from rogatory_crypto.wire import postmark
from rogatory_crypto.wire.identifier import EntryId

LOG_ORIGIN = "log.example/network"
POSTMARK = seed("postmark key")
SECRETARIAT = EntryId("CNA-GH-01")
# Offices that the secretariat of WACAP invites.
LED = ("CNA-SN-01", SECRETARIAT)
TRUST = Trust(
    LOG_ORIGIN,
    ORIGIN,
    public(OPERATOR),
    signing.public_key(POSTMARK),
    {**{network: each for network, each in OWN_NETWORKS.items() if each not in LED}, "WACAP": SECRETARIAT},
)


@dataclass
class WrittenLog:
    """Entries in order; each method adds one."""

    entries: list[bytes] = field(default_factory=list)
    chains: Chains = field(default_factory=Chains)
    at: int = NOW

    def place(self, subject: str) -> Place:
        return self.chains.next_place(Subject(subject))

    def add(self, entry: LogEntry) -> LogEntry:
        self.entries.append(entry.encode())
        self.chains.extend(subject_of(decode_body(entry)), entry.leaf)
        return entry

    def statement(self, signed: SignedStatement) -> LogEntry:
        place = self.place(f"authority/{signed.statement.entry_id}")
        return self.add(LogEntry(EntryType.IDENTITY_STATEMENT, *place, signed.encoded, self.at))

    def content(self, content: Content, keys: dict[bytes, PrivateKeys]) -> LogEntry:
        return self.add(sign_content(content, LOG_ORIGIN, self.place(content.subject), keys, self.at))

    def by_operator(self, content: DirectorySnapshot | DirectoryChange) -> LogEntry:
        return self.content(content, {b"": OPERATOR})

    def by_office(self, office: EnrolledOffice, content: OfficeSeal | Revocation) -> LogEntry:
        return self.content(content, {b"": office.office_private})

    def admission(self, secretariat: EnrolledOffice, content: NetworkAdmission, *devices: str) -> LogEntry:
        keys: dict[bytes, PrivateKeys] = {
            secretariat.device_id(name): secretariat.device_keys(name) for name in devices
        }
        return self.content(content, keys)

    def batch(self, root: bytes) -> LogEntry:
        covered = postmark.batch_statement(ORIGIN, self.at * 1000, root, 3)
        body = PostmarkBatch(self.at * 1000, 3, root, signing.sign(postmark.LABEL, covered, POSTMARK))
        return self.add(LogEntry(EntryType.POSTMARK_BATCH, *self.place("postmarks"), body.encode(), self.at))

    def begin(self, secretariat: EnrolledOffice) -> None:
        """Let the operator invite a secretariat, and enter devices of two officers of it."""
        invitation = secretariat.invitation()
        for signed in (
            invitation,
            secretariat.enrolment(invitation),
            *(
                secretariat.device(name, officer=name, role=Role.SECRETARIAT_OFFICER)
                for name in ("first", "second")
            ),
        ):
            self.statement(signed)

    def enrol(self, office: EnrolledOffice, secretariat: EnrolledOffice) -> None:
        """Let a secretariat invite an office, and enter its first device."""
        invitation = secretariat.invite(office, "WACAP")
        for signed in (invitation, office.enrolment(invitation), office.device()):
            self.statement(signed)


@dataclass
class Story:
    """Two offices enrol, a network begins, a seal comes and goes, a device is lost."""

    log: WrittenLog = field(default_factory=WrittenLog)
    office: EnrolledOffice = field(default_factory=EnrolledOffice)
    secretariat: EnrolledOffice = field(default_factory=lambda: EnrolledOffice(SECRETARIAT))

    def tell(self) -> "Story":
        log, office = self.log, self.office
        for entry_id in (office.entry_id, SECRETARIAT):
            log.by_operator(DirectoryChange(entry_id, Change.ADDED, seed(entry_id)))
        log.by_operator(DirectorySnapshot(1, seed("snapshot 1")))
        log.begin(self.secretariat)
        log.enrol(office, self.secretariat)
        log.admission(
            self.secretariat, NetworkAdmission("WACAP", office.entry_id, admitted=True), "first", "second"
        )
        sealed = log.by_office(office, OfficeSeal(office.entry_id, seed("certificate"), NOW, NOW + 1000))
        log.batch(seed("batch"))
        log.at += 60
        log.by_office(office, Revocation(office.entry_id, sealed.leaf, "key lost"))
        log.statement(office.revocation(at=log.at))
        log.by_operator(DirectoryChange(office.entry_id, Change.CHANGED, seed("record 2")))
        log.by_operator(DirectorySnapshot(2, seed("snapshot 2")))
        log.batch(seed("batch 2"))
        return self
