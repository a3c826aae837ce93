"""The check of officers' signatures beside events, and which words of a message they cover."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.device_key import device_key
from rogatory_crypto.bundle.finding import About, Finding, passed, wrong
from rogatory_crypto.content import receipts, statement
from rogatory_crypto.content.events import Acknowledged, CaseEvent, read_event
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import ExternalPart, SinglePart, walk
from rogatory_crypto.content.statement import Statement
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.wire.identifier import GroupId

_SAID: Final = "the officer's device has signed what it says about the case"
_BESIDE: Final = f"{_SAID}, and not the words beside it"
_REPEATED: Final = "conflict: the same signature stands in another message"


@dataclass(frozen=True, slots=True)
class SignedStatements:
    """What was found; the signed events of each message; and where no words are that nobody signed."""

    findings: tuple[Finding, ...]
    events: Mapping[MessageId, tuple[CaseEvent, ...]]
    covered: frozenset[MessageId]


def check_statements(read: Iterable[ReadMessage], group_id: GroupId, registry: Registry) -> SignedStatements:
    """Check each signature beside an event: by the device that sent it, in this room, and used once."""
    findings, events, covered = list[Finding](), dict[MessageId, tuple[CaseEvent, ...]](), set[MessageId]()
    seen = set[bytes]()
    for each in read:
        name, loose = each.listed.message_id, _has_loose_words(each)
        held = dict[bytes, CaseEvent]()
        for part in _statements_in(each):
            try:
                named = statement.verify_statement(part.content, _Signer(each, group_id, registry))
            except PeerError as error:
                findings.append(wrong(About.STATEMENT, each.listed.file, str(error)))
                continue
            if part.content in seen:
                findings.append(wrong(About.STATEMENT, each.listed.file, _REPEATED))
                continue
            seen.add(part.content)
            held[named.event_sha256] = _events_by_hash(each)[named.event_sha256]
            findings.append(passed(About.STATEMENT, each.listed.file, _BESIDE if loose else _SAID))
        # Its receipt, which must stand beside it, is the signature of an acknowledgement.
        acknowledged = tuple(event for event in each.said.events if isinstance(event, Acknowledged))
        events[name] = (*held.values(), *acknowledged)
        if each.said.events and not loose and set(each.said.events) <= set(events[name]):
            covered.add(name)
    return SignedStatements(tuple(findings), events, frozenset(covered))


def _events_by_hash(read: ReadMessage) -> dict[bytes, CaseEvent]:
    return {statement.event_hash(event): event for event in read.said.events}


def _statements_in(read: ReadMessage) -> Iterator[SinglePart]:
    for part in walk(read.message.content.nested_part):
        if isinstance(part, SinglePart) and part.content_type == statement.MEDIA_TYPE:
            yield part


def _has_loose_words(read: ReadMessage) -> bool:
    """Tell whether it says something beside its events; a receipt is signed by itself."""
    signed = {statement.MEDIA_TYPE, receipts.MEDIA_TYPE}
    for part in walk(read.message.content.nested_part):
        match part:
            case ExternalPart():
                return True
            case SinglePart(content_type=kind) if kind not in signed and read_event(part) is None:
                return True
            case _:
                pass
    return False


@dataclass(frozen=True, slots=True)
class _Signer:
    """Finds the key of a statement's device, if the statement belongs where it stands."""

    read: ReadMessage
    group_id: GroupId
    registry: Registry

    def __call__(self, named: Statement) -> bytes:
        listed = self.read.listed
        if named.group_id != self.group_id or named.event_sha256 not in _events_by_hash(self.read):
            raise PeerError(Code.FORBIDDEN, "a signature on something else than what stands beside it")
        if (named.authority, named.device_id) != (listed.sender, listed.device_id):
            raise PeerError(Code.FORBIDDEN, "the signature of another device than the sender's")
        return device_key(self.registry, named.authority, named.officer, named.device_id, named.at)
