"""An officer's signature on what a message of a formal case says: made here, and judged with the timeline.

A signature that does not hold spoils what the message would do and nothing else: it stays, and is shown as
what it is.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from rogatory_client.engine.membership import require_was_in_service
from rogatory_client.engine.room import Context
from rogatory_crypto.content import receipts
from rogatory_crypto.content.attestation import Attestation
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import SIGNED
from rogatory_crypto.content.events import (
    Acknowledged,
    CaseEvent,
    CaseOpened,
    RequestSubmitted,
    read_event,
)
from rogatory_crypto.content.mimi import MimiContent
from rogatory_crypto.content.nested_part import NestedPart, SinglePart, walk
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.content.statement import (
    Statement,
    covered_hash,
    must_be_stated,
    sign_content,
    statements_in,
    verify_statement,
)
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Device
from rogatory_crypto.identity.standing import CLOCK_TOLERANCE_S
from rogatory_crypto.wire.identifier import GroupId

# An office says one at a time; each costs every receiver a verification whenever the case is looked at.
MAX_SIGNED_EVENTS: Final = 8


def is_stated(parts: Iterable[NestedPart], kind: CaseKind | None) -> bool:
    """Tell whether a message with these parts is signed by its officer's device.

    Args:
        parts: of the message.
        kind: of the room it is for; None where the message opens it.
    """
    events = _events_in(parts)
    return must_be_stated(events) and (kind in receipts.FORMAL or any(map(_makes_formal, events)))


def _makes_formal(event: CaseEvent) -> bool:
    match event:
        case RequestSubmitted():
            return True
        case CaseOpened(kind=kind):
            return kind in receipts.FORMAL
        case _:
            return False


def signed_content(content: MimiContent, group_id: GroupId, context: Context) -> MimiContent:
    """Return a message with this device's signature, in the part that is there for it."""
    oneself = context.oneself
    statement = Statement(
        content_sha256=covered_hash(content),
        group_id=group_id,
        at=context.now,
        authority=oneself.entry_id,
        officer=oneself.officer,
        device_id=oneself.device_id,
    )
    return sign_content(content, statement, oneself.signer.private)


def flaw_in(content: MimiContent, group_id: GroupId, sender: Device, accepted_at: int) -> str | None:
    """Return why what a message says about its case is not signed as it must be, or None where it is.

    Args:
        content: the message; what it says about the case is signed with all that stands beside it, and an
            acknowledgement has its receipt as well.
        group_id: the room that it came in.
        sender: the device that sent it.
        accepted_at: when the relay accepted it, Unix seconds.
    """
    parts = tuple(walk(content.nested_part))
    events = _events_in(parts)
    acknowledged = [event for event in events if isinstance(event, Acknowledged)]
    if len(acknowledged) + sum(isinstance(event, SIGNED) for event in events) > MAX_SIGNED_EVENTS:
        return f"it says more than {MAX_SIGNED_EVENTS} things about the case at once"
    public_key_of = partial(require_signer, group_id=group_id, sender=sender, accepted_at=accepted_at)
    try:
        if must_be_stated(events) or statements_in(content):
            require_was_in_service(sender, accepted_at, tolerance_s=1)
            verify_statement(content, public_key_of)
        for each in acknowledged:
            _require_receipt(each, parts, group_id, sender)
    except PeerError as error:
        return error.detail or error.code.value
    return None


def _events_in(parts: Iterable[NestedPart]) -> Sequence[CaseEvent]:
    return [event for part in parts if (event := read_event(part)) is not None]


def _require_receipt(
    event: Acknowledged, parts: tuple[NestedPart, ...], group_id: GroupId, sender: Device
) -> None:
    """Only the receipt proves later who has taken a request in hand, and under which reference."""
    wanted = (EvidenceEvent.CONTENT_ACKNOWLEDGEMENT, group_id, event.message_id, event.own_reference)
    entry = sender.entry
    single = (part for part in parts if isinstance(part, SinglePart))
    found = next((part for part in single if part.content_type == receipts.MEDIA_TYPE), None)
    if found is not None:
        receipt = receipts.verify_receipt(found.content, lambda _: entry.signature_key).receipt
        named = (receipt.event, receipt.group_id, receipt.message_id, receipt.own_reference)
        if named == wanted and receipt.device_id == entry.device_id:
            return
    raise PeerError(Code.BAD_SIGNATURE, "no receipt stands beside it that acknowledges the request")


def require_signer(
    statement: Statement | Attestation, group_id: GroupId, sender: Device, accepted_at: int
) -> bytes:
    """Return the key of the device that has sent a message, if what is signed beside it is its own.

    Raises:
        PeerError: FORBIDDEN, WRONG_GROUP, REVOKED or EXPIRED, saying whose it is or when it was made.
    """
    entry = sender.entry
    if (statement.authority, statement.officer, statement.device_id) != (
        *(entry.entry_id, entry.officer),
        entry.device_id,
    ):
        raise PeerError(Code.FORBIDDEN, "it is signed by another device than the one that sent it")
    if statement.group_id != group_id:
        raise PeerError(Code.WRONG_GROUP, "it was signed for another case")
    require_was_in_service(sender, statement.at)
    if statement.at < entry.not_before - CLOCK_TOLERANCE_S:
        raise PeerError(Code.EXPIRED, "it was signed before the device was entered")
    if statement.at > accepted_at + CLOCK_TOLERANCE_S:
        raise PeerError(Code.FORBIDDEN, "it was signed after the relay had accepted it")
    return entry.signature_key
