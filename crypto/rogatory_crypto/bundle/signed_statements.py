"""The check of officers' signatures on messages, as every receiver demands them.

Whoever makes a bundle could leave such a signature away from the words of others, or put other words beside
it: so it must be there where the case hangs on it, and cover the whole message.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.device_key import device_key
from rogatory_crypto.bundle.finding import About, Finding, passed, wrong
from rogatory_crypto.content import receipts
from rogatory_crypto.content.events import Acknowledged
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import SinglePart, walk
from rogatory_crypto.content.receipts import EvidenceEvent, Receipt
from rogatory_crypto.content.statement import Statement, must_be_stated, statements_in, verify_statement
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.identity.standing import CLOCK_TOLERANCE_S
from rogatory_crypto.wire.identifier import GroupId

_SAID: Final = "the officer's device has signed all that it says"
_KeyOf: TypeAlias = Callable[[Statement | Receipt], bytes]


@dataclass(frozen=True, slots=True)
class SignedStatements:
    """What was found, and which messages their officers' devices have signed."""

    findings: tuple[Finding, ...]
    signed: frozenset[MessageId]


def check_statements(read: Iterable[ReadMessage], group_id: GroupId, registry: Registry) -> SignedStatements:
    """Check the signature of each message that has one or must have one: by its sender, in this room."""
    findings, signed = list[Finding](), set[MessageId]()
    for each in read:
        if not must_be_stated(each.said.events) and not statements_in(each.message.content):
            continue
        key_of = _signer(each, group_id, registry)
        try:
            verify_statement(each.message.content, key_of)
            _require_receipts(each, key_of)
        except PeerError as error:
            findings.append(wrong(About.STATEMENT, each.listed.file, error.detail or error.code.value))
        else:
            signed.add(each.listed.message_id)
            findings.append(passed(About.STATEMENT, each.listed.file, _SAID))
    return SignedStatements(tuple(findings), frozenset(signed))


def _signer(read: ReadMessage, group_id: GroupId, registry: Registry) -> _KeyOf:
    """Return what finds the key of a signature's device, if the signature belongs where it stands."""
    listed = read.listed

    def key_of(named: Statement | Receipt) -> bytes:
        if named.group_id != group_id:
            raise PeerError(Code.WRONG_GROUP, "a signature for another case")
        sender = (listed.sender, listed.officer, listed.device_id)
        if (named.authority, named.officer, named.device_id) != sender:
            raise PeerError(Code.FORBIDDEN, "the signature of another device than the sender's")
        if named.at > listed.at_ms // 1000 + CLOCK_TOLERANCE_S:
            raise PeerError(Code.FORBIDDEN, "it was signed after the relay had accepted it")
        return device_key(registry, named.authority, named.officer, named.device_id, named.at)

    return key_of


def _require_receipts(read: ReadMessage, key_of: _KeyOf) -> None:
    """Only a receipt proves who has taken a request in hand, and under which reference."""
    acknowledged = [event for event in read.said.events if isinstance(event, Acknowledged)]
    if not acknowledged:
        return
    beside = [
        receipts.verify_receipt(part.content, key_of).receipt
        for part in walk(read.message.content.nested_part)
        if isinstance(part, SinglePart) and part.content_type == receipts.MEDIA_TYPE
    ]
    named = {(each.event, each.message_id, each.own_reference) for each in beside}
    for event in acknowledged:
        if (EvidenceEvent.CONTENT_ACKNOWLEDGEMENT, event.message_id, event.own_reference) not in named:
            raise PeerError(Code.BAD_SIGNATURE, "no receipt stands beside it that acknowledges the request")
