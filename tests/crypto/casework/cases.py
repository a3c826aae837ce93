"""Cases for tests: offices, their officers, and what they say, with ids that need no encryption."""

from dataclasses import dataclass, field
from hashlib import sha256

from rogatory_crypto.casework import Entry, Record, Timeline, project
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.events import Acknowledged, CaseEvent, CaseOpened, RequestSubmitted, Urgency
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import DeviceId, EntryId

ASKING, ASKED = EntryId("CNA-SN-01"), EntryId("CNA-GH-01")
BEGIN_MS = 1_795_000_000_000
NOW = BEGIN_MS // 1000 + 3_600


def request(
    request_type: str = "banking_records", urgency: Urgency = Urgency.ROUTINE, reference: str = "SN/1"
) -> RequestSubmitted:
    return RequestSubmitted(request_type, "UNTOC 18", urgency, "en", reference, (), ())


@dataclass
class Case:
    """What was said in a case, in the order in which a relay would have taken it."""

    entries: list[Entry] = field(default_factory=list)
    said: dict[MessageId, EntryId] = field(default_factory=dict)
    delivered: dict[MessageId, int] = field(default_factory=dict)
    begin_ms: int = BEGIN_MS

    def say(
        self,
        office: EntryId,
        *events: CaseEvent,
        role: Role = Role.HEAD,
        flaw: str | None = None,
        is_queued: bool = False,
    ) -> MessageId:
        number = len(self.said)
        name = MessageId(sha256(b"%d" % number).digest())
        self.said[name] = office
        if events:
            device, at_ms = DeviceId(office.encode()[:9] + bytes(7)), self.begin_ms + number * 1000
            entry = Entry(name, office, "an officer", device, role, at_ms, events, flaw, is_queued)
            self.entries.append(entry)
        return name

    def state(self, office: EntryId, state: str, *upon: MessageId, **fields: object) -> MessageId:
        return self.say(office, StateSet(state, upon or self.heads, **fields))  # type: ignore[arg-type]  # fields of a StateSet

    def timeline(self, as_of: int = NOW) -> Timeline:
        return project(self.record(), as_of)

    def record(self) -> Record:
        return Record(tuple(self.entries), dict(self.said), dict(self.delivered))

    @property
    def heads(self) -> tuple[MessageId, ...]:
        return self.timeline().heads


def requested(request_type: str = "banking_records") -> Case:
    """A request on its way."""
    case = Case()
    case.say(ASKING, CaseOpened(CaseKind.REQUEST, "Bank records", "SN/1", None), request(request_type))
    return case


def acknowledged(request_type: str = "banking_records") -> Case:
    """A request that the other side has taken in hand."""
    case = requested(request_type)
    case.say(ASKED, Acknowledged(case.heads[0], "GH/9"))
    return case


def under_review() -> Case:
    """A request that is under review."""
    case = acknowledged()
    case.state(ASKED, "under_review")
    return case
