"""What the entries of a log have established so far, and whether the next one's content may join it.

Identity statements go through ``identity.Registry``, the same that relay and clients run. The rest needs the
key that answers for it: the directory operator for the directory, an office for its seal, two officers of the
secretariat for its network (four eyes), the relay for its postmarks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import role
from rogatory_crypto.identity.former import NOBODY, Former
from rogatory_crypto.identity.registry import Registry
from rogatory_crypto.identity.signed_statement import SignedStatement
from rogatory_crypto.identity.standing import Device
from rogatory_crypto.identity.statement import AuthorityEntry
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_body import LABEL, Body, BodySignature, SignedContent, to_be_signed
from rogatory_crypto.log.entry_content import (
    Change,
    DirectoryChange,
    DirectorySnapshot,
    NetworkAdmission,
    OfficeSeal,
    PostmarkBatch,
    Revocation,
)
from rogatory_crypto.signing import Check, PublicKeys, Verify, verify_now
from rogatory_crypto.wire import postmark
from rogatory_crypto.wire.identifier import DeviceId, EntryId

# Some are skipped where newer trust has refused those in between.
MAX_SKIPPED: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Trust:
    """What an audit is measured against, all pinned beforehand.

    Attributes:
        origin: the log's name, which signatures cover.
        relay: the relay's name in invitations and postmarks.
        operator_key: the directory operator's pair.
        postmark_key: the relay's Ed25519 key.
        secretariats: the authority that runs each network.
        former: who answered for these before, and until when.
    """

    origin: str
    relay: str
    operator_key: PublicKeys
    postmark_key: bytes
    secretariats: Mapping[str, EntryId]
    former: Former = NOBODY


@dataclass(frozen=True, slots=True)
class LoggedSeal:
    """A seal as the log tells it.

    Attributes:
        seal: what the office entered.
        logged_at: when, unix seconds.
        ended_at: when the office took it back or enrolled anew, unix seconds; None while it counts. What was
            sealed before stays sealed.
    """

    seal: OfficeSeal
    logged_at: int
    ended_at: int | None = None


@dataclass
class Audit:
    """The state that a log's entries, applied in order, add up to.

    Attributes:
        trust: what it is measured against.
        registry: offices and devices.
        records: SHA-256 of each authority's record in the directory.
        seals: every seal of an office that ever was, by leaf hash of its entry.
        members: authorities of each network.
        snapshot: the newest directory snapshot.
    """

    trust: Trust
    registry: Registry = field(init=False)
    records: dict[EntryId, bytes] = field(default_factory=dict)
    seals: dict[bytes, LoggedSeal] = field(default_factory=dict)
    members: dict[str, set[EntryId]] = field(default_factory=dict)
    snapshot: DirectorySnapshot | None = None

    def __post_init__(self) -> None:
        """Begin with an empty registry."""
        trust = self.trust
        self.registry = Registry(trust.relay, trust.operator_key, trust.secretariats, trust.former)

    def copy(self) -> "Audit":
        """Return the same state, to try entries on that stand or fall together."""
        twin = Audit(
            self.trust,
            self.records.copy(),
            self.seals.copy(),
            {network: members.copy() for network, members in self.members.items()},
            self.snapshot,
        )
        twin.registry = self.registry.copy()
        return twin

    def accept(self, entry: LogEntry, body: Body, *, index: int, verify: Verify = verify_now) -> None:
        """Verify a body and take it in; on any error nothing changes.

        Args:
            entry: what stands in the log.
            body: the entry's, decoded.
            index: where in the log it stands.
            verify: what becomes of each signature, as in ``Registry.apply``.

        Raises:
            PeerError: BAD_SIGNATURE, NOT_FOUND where whoever should have signed does not exist, REVOKED or
                EXPIRED where he is out of service, FORBIDDEN without four eyes, CONFLICT for what contradicts
                the state; for identity statements, whatever the registry says.
        """
        match body:
            case SignedStatement():
                self.registry.apply(body.encoded, entry.appended_at, index=index, verify=verify)
                if isinstance(body.statement, AuthorityEntry):
                    self._end_seals(body.statement.entry_id, entry.appended_at)
            case PostmarkBatch():
                self._verify_batch(body, entry.appended_at, verify)
            case SignedContent():
                self._verify(entry, body, verify)
                self._apply(body, entry.leaf, entry.appended_at)

    def _verify_batch(self, batch: PostmarkBatch, at: int, verify: Verify) -> None:
        statement = postmark.batch_statement(self.trust.relay, batch.accepted_at_ms, batch.root, batch.size)
        # Not as of the time that the batch states: whoever has a former key could state any.
        key = self.trust.former.postmark(at, self.trust.postmark_key)
        verify(Check(postmark.LABEL, statement, batch.signature, key))

    def _verify(self, entry: LogEntry, body: SignedContent, verify: Verify) -> None:
        covered = to_be_signed(
            self.trust.origin, entry.type, entry.sequence, entry.previous, body.content.encode()
        )
        match body.content:
            case DirectorySnapshot() | DirectoryChange():
                keys = self.trust.former.operator(entry.appended_at, self.trust.operator_key)
                _verify_one(body, covered, keys, verify)
            case OfficeSeal(entry_id=entry_id) | Revocation(entry_id=entry_id):
                _verify_one(body, covered, self._office_keys(entry_id), verify)
            case NetworkAdmission(network=network):
                devices = self._officers(network, body.signatures, entry.appended_at)
                for item, device in zip(body.signatures, devices, strict=True):
                    verify(Check(LABEL, covered, item.signature, device.entry.keys))

    def _office_keys(self, entry_id: EntryId) -> PublicKeys:
        office = self.registry.offices.get(entry_id)
        if office is None:
            raise PeerError(Code.NOT_FOUND, f"the authority {entry_id} is not enrolled")
        return office.keys

    def _officers(self, network: str, signatures: tuple[BodySignature, ...], at: int) -> tuple[Device, ...]:
        secretariat = self.trust.former.secretariat(network, at, self.trust.secretariats)
        if secretariat is None:
            raise PeerError(Code.NOT_FOUND, f"nobody runs the network {network}")
        signers = [DeviceId(item.signer) for item in signatures]
        return self.registry.require_two_officers(secretariat, signers, role.MAY_ADMIT, at)

    def _apply(self, body: SignedContent, leaf: bytes, at: int) -> None:
        match body.content:
            case DirectorySnapshot() as snapshot:
                last = 0 if self.snapshot is None else self.snapshot.number
                _require(snapshot.number > last, "a directory snapshot that is not newer than the last")
                # One with the last number there is would be the last directory for ever.
                _require(snapshot.number <= last + MAX_SKIPPED, "a directory snapshot far beyond the last")
                self.snapshot = snapshot
            case DirectoryChange() as change:
                self._change_record(change)
            case OfficeSeal() as seal:
                _require(seal.not_before < seal.not_after, "a seal that is never valid")
                self.seals[leaf] = LoggedSeal(seal, at)
            case Revocation(entry_id=entry_id, revoked=revoked):
                self._revoke_seal(entry_id, revoked, at)
            case NetworkAdmission() as admission:
                members = self.members.setdefault(admission.network, set())
                already = admission.entry_id in members
                _require(already != admission.admitted, "an admission that changes nothing")
                members ^= {admission.entry_id}

    def _revoke_seal(self, entry_id: EntryId, leaf: bytes, at: int) -> None:
        logged = self.seals.get(leaf)
        if logged is None or logged.ended_at is not None or logged.seal.entry_id != entry_id:
            raise PeerError(Code.CONFLICT, "a revocation of no live seal of the office")
        self.seals[leaf] = replace(logged, ended_at=at)

    def _end_seals(self, entry_id: EntryId, at: int) -> None:
        """Who enrols anew has lost its keys: whoever has them now can seal nothing more."""
        for leaf, logged in self.seals.items():
            if logged.seal.entry_id == entry_id and logged.ended_at is None:
                self.seals[leaf] = replace(logged, ended_at=at)

    def _change_record(self, change: DirectoryChange) -> None:
        withdrawn = change.change is Change.WITHDRAWN
        _require(withdrawn == (change.record_sha256 is None), "a record's hash where it does not belong")
        exists = change.entry_id in self.records
        _require(exists == (change.change is not Change.ADDED), "a change of a record that is not so")
        if change.record_sha256 is None:
            del self.records[change.entry_id]
        else:
            self.records[change.entry_id] = change.record_sha256


def _verify_one(body: SignedContent, covered: bytes, keys: PublicKeys, verify: Verify) -> None:
    if len(body.signatures) != 1 or body.signatures[0].signer:
        raise PeerError(Code.BAD_SIGNATURE, "one signature, of the one key that may")
    verify(Check(LABEL, covered, body.signatures[0].signature, keys))


def _require(holds: bool, rule: str) -> None:  # noqa: FBT001  # reads as a sentence at each rule
    if not holds:
        raise PeerError(Code.CONFLICT, rule)
