"""Four eyes over held changes and conflicts (rules R16, R18): two signed approvals, or one rejection.

A decision is an Ed25519 signature over the record, the field, the hashes of the value in use and of the value
proposed, and the hash of the export that proposed it: it says nothing about any other record, value or
export. The second approval also covers the first one, so that its signer has seen who asked and why. Who may
decide is told by the caller; a signature by anybody else does not count. Signatures stay with the entry,
while the change waits and after it took effect.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto
from hashlib import sha256
from types import MappingProxyType
from typing import TypeAlias

from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, digest, list_of, object_of, text_of

LABEL = "DirectoryDecision"
MAX_REASON = 1000
# Why a change waits that the office has made otherwise itself (rule R18).
CONFLICT = "conflict"
# A change that looks like an attack is not open to a decision: the office itself enters such an address.
NOT_OPEN = frozenset({"email_lookalike", "email_homoglyph"})
Officers: TypeAlias = Mapping[bytes, str]


class Verdict(StrEnum):
    """What an officer says to a held change."""

    APPROVE = "approve"
    REJECT = "reject"


class Settlement(Enum):
    """How far the decision of a held change has come."""

    OPEN = auto()
    PROPOSED = auto()
    CONFIRMED = auto()
    REJECTED = auto()


@dataclass(frozen=True, slots=True)
class Review:
    """What deciding needs beside the entries: the export of this run, and who may decide.

    Attributes:
        export_sha256: of the export's bytes, hex; what it holds is bound to it.
        officers: public key -> function of the officer.
    """

    export_sha256: str = ""
    officers: Officers = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Subject:
    """One held change, as every signature on it names it."""

    record_id: str
    path: str
    old_sha256: bytes
    new_sha256: bytes
    export_sha256: str

    @property
    def change_id(self) -> str:
        """The name people use for it: 12 hexadecimal digits."""
        return sha256(cbor.encode(self.members())).hexdigest()[:12]

    def members(self) -> list[object]:
        """What is signed about it."""
        return [self.record_id, self.path, self.old_sha256, self.new_sha256, self.export_sha256]


@dataclass(frozen=True, slots=True)
class Decision:
    """One officer's signed word; ``confirms`` is the hash of the approval it follows, or empty."""

    verdict: Verdict
    reason: str
    at: int
    key: bytes
    confirms: bytes
    signature: bytes

    def body(self, subject: Subject) -> bytes:
        """What is signed."""
        said = [self.verdict.value, self.reason, self.at, self.key, self.confirms]
        return cbor.encode([*subject.members(), *said])

    def to_json(self) -> JsonObject:
        """As it is kept beside the record."""
        return {
            "verdict": self.verdict.value, "reason": self.reason, "at": self.at, "key": self.key.hex(),
            "confirms": self.confirms.hex(), "signature": self.signature.hex(),
        }  # fmt: skip


def subject_of(record_id: str, path: str, in_use: JsonValue, waiting: JsonObject) -> Subject:
    """The held change of a field.

    Args:
        record_id: of the entry.
        path: of the field.
        in_use: the value in effect.
        waiting: the member of ``annotations.pending`` for the field.
    """
    export = text_of(waiting.get("export"))
    return Subject(record_id, path, digest(in_use), digest(waiting.get("to")), export)


def read_decision(value: JsonValue) -> Decision:
    """A decision as it was kept; its signature is not checked here.

    Raises:
        ValueError: it is none.
    """
    members = object_of(value)
    at = members.get("at")
    if not isinstance(at, int) or isinstance(at, bool) or not 0 <= at <= cbor.MAX_UNSIGNED:
        raise ValueError("no time")
    reason = text_of(members.get("reason"))
    if len(reason) > MAX_REASON:
        raise ValueError("too long a reason")
    key, confirms, signature = (
        bytes.fromhex(text_of(members.get(name))) for name in ("key", "confirms", "signature")
    )
    return Decision(Verdict(text_of(members.get("verdict"))), reason, at, key, confirms, signature)


def decide(
    subject: Subject,
    verdict: Verdict,
    reason: str,
    *,
    at: int,
    private: bytes,
    follows: Decision | None = None,
) -> Decision:
    """Sign a decision.

    Args:
        subject: the held change.
        verdict: what is decided.
        reason: what was done to be sure, such as the call-back; at most ``MAX_REASON`` characters.
        at: unix seconds.
        private: the officer's key, 32 bytes.
        follows: the approval of another officer that this one confirms.

    Raises:
        MisuseError: no reason, or the same officer twice.
    """
    public = signing.public_key(private)
    if not reason.strip() or len(reason) > MAX_REASON:
        raise MisuseError(
            f"give a reason of at most {MAX_REASON} characters: who was called, on which number"
        )
    if follows is not None and follows.key == public:
        raise MisuseError("this key has approved it already: a second officer must confirm with another key")
    confirms = sha256(follows.body(subject)).digest() if follows else b""
    unsigned = Decision(verdict, reason, at, public, confirms, b"")
    return replace(unsigned, signature=signing.sign(LABEL, unsigned.body(subject), private))


def verified(decisions: Sequence[JsonValue], subject: Subject, officers: Officers) -> tuple[Decision, ...]:
    """The decisions on a change that its officers signed; everything else does not count."""
    good: list[Decision] = []
    for item in decisions:
        try:
            decision = read_decision(item)
            signing.verify(LABEL, decision.body(subject), decision.signature, decision.key)
        except (ValueError, PeerError, MisuseError):
            continue
        if decision.key in officers:
            good.append(decision)
    return tuple(good)


def settlement(decisions: Sequence[Decision], subject: Subject) -> Settlement:
    """How far verified decisions have brought a change; a rejection by one officer is enough."""
    if any(decision.verdict is Verdict.REJECT for decision in decisions):
        return Settlement.REJECTED
    proposals = [decision for decision in decisions if not decision.confirms]
    for proposal in proposals:
        expected = sha256(proposal.body(subject)).digest()
        if any(other.confirms == expected and other.key != proposal.key for other in decisions):
            return Settlement.CONFIRMED
    return Settlement.PROPOSED if proposals else Settlement.OPEN


def settled(
    record_id: str, path: str, in_use: JsonValue, waiting: JsonObject, officers: Officers
) -> Settlement:
    """How far the decision of a pending member has come."""
    if text_of(waiting.get("why")) in NOT_OPEN:
        return Settlement.OPEN
    subject = subject_of(record_id, path, in_use, waiting)
    return settlement(verified(list_of(waiting.get("decisions")), subject, officers), subject)
