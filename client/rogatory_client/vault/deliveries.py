"""How messages arrive, as the vault has it: to whom they went, what was stated, what is unreadable."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, LargeBinary, bindparam, literal, select, update
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine.delivery_effect import (
    AnswerNonDelivery,
    KeptNonDelivery,
    SaveAddressees,
    SaveNonDelivery,
)
from rogatory_client.engine.delivery_state import URGENT, USUAL, Terms
from rogatory_client.engine.effect import FROM_ARCHIVE, ArchivedMessage, Evidence
from rogatory_client.engine.interpretation import EVIDENCE
from rogatory_client.engine.non_delivery import read_non_delivery
from rogatory_client.vault.archive import read_message
from rogatory_client.vault.delivery_schema import (
    addressees,
    delivery_terms,
    non_deliveries,
)
from rogatory_client.vault.schema import evidence, messages
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.errors import PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.wire.identifier import DEVICE_ID_BYTES, DeviceId, EntryId, GroupId, Sequence

_USUAL_NAME: Final = "usual"
_URGENT_NAME: Final = "urgent"
_SEALED: Final = select(messages.c.message_id, bindparam("sealed_for", type_=LargeBinary)).where(
    messages.c.message_id == bindparam("of_message"), messages.c.kind != EVIDENCE
)
_ADD_ADDRESSEES: Final = insert(addressees).from_select(["message_id", "devices"], _SEALED)
_SAVE_ADDRESSEES: Final = _ADD_ADDRESSEES.on_conflict_do_update(
    index_elements=["message_id"], set_={"devices": _ADD_ADDRESSEES.excluded.devices}
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message without its words, and the devices that it was sealed for; none where they are not known."""

    message_id: MessageId
    group_id: GroupId
    sealed_for: frozenset[DeviceId]


def save_addressees(connection: Connection, wanted: Iterable[SaveAddressees]) -> None:
    """Write who could open messages when they were sealed last; nothing for what people do not read."""
    values = [{"of_message": each.message_id, "sealed_for": b"".join(each.devices)} for each in wanted]
    connection.execute(_SAVE_ADDRESSEES, values)


def load_addressees(
    connection: Connection, wanted: Collection[MessageId]
) -> dict[MessageId, frozenset[DeviceId]]:
    """Return which devices messages were sealed for, where that is known."""
    query = select(addressees).where(addressees.c.message_id.in_(wanted))
    return {MessageId(row.message_id): frozenset(_devices(row.devices)) for row in connection.execute(query)}


def _devices(joined: bytes) -> Iterator[DeviceId]:
    for begin in range(0, len(joined), DEVICE_ID_BYTES):
        yield DeviceId(joined[begin : begin + DEVICE_ID_BYTES])


def save_non_delivery(connection: Connection, effect: SaveNonDelivery) -> None:
    """Keep a statement; the first of its kind from a device stays."""
    stated = effect.kept.stated
    row = insert(non_deliveries).values(
        message_id=stated.message_id,
        recipient=stated.recipient,
        event=stated.event.value,
        device_id=stated.device_id,
        group_id=stated.group_id,
        at=stated.at,
        signed=effect.kept.signed,
        answered=0,
    )
    connection.execute(row.on_conflict_do_nothing())


def answer_non_delivery(connection: Connection, effect: AnswerNonDelivery) -> None:
    """What can be proven against the statements about a message was said."""
    of_message = non_deliveries.c.message_id == effect.message_id
    connection.execute(update(non_deliveries).where(of_message).values(answered=1))


def load_non_deliveries(
    connection: Connection, wanted: Collection[MessageId], registry: Registry
) -> dict[MessageId, list[KeptNonDelivery]]:
    """Return the statements about messages that verify once more, oldest first."""
    query = select(non_deliveries.c.message_id, non_deliveries.c.signed).where(
        non_deliveries.c.message_id.in_(wanted)
    )
    found: dict[MessageId, list[KeptNonDelivery]] = {}
    for row in connection.execute(query.order_by(non_deliveries.c.at, non_deliveries.c.device_id)):
        with suppress(PeerError):  # its device may count no more, under newer trust
            found.setdefault(MessageId(row.message_id), []).append(read_non_delivery(row.signed, registry))
    return found


def load_unanswered(connection: Connection) -> frozenset[tuple[MessageId, GroupId]]:
    """Return the messages with statements that this device has not looked at yet, and their rooms."""
    query = select(non_deliveries.c.message_id, non_deliveries.c.group_id).where(
        non_deliveries.c.answered == 0
    )
    return frozenset((MessageId(row.message_id), GroupId(row.group_id)) for row in connection.execute(query))


def is_unanswered(connection: Connection, message_id: MessageId, recipient: EntryId) -> bool:
    """Tell whether an office is said not to have got a message, and nothing was answered yet."""
    query = select(non_deliveries.c.message_id).where(
        non_deliveries.c.message_id == message_id,
        non_deliveries.c.recipient == recipient,
        non_deliveries.c.answered == 0,
    )
    return connection.execute(query).first() is not None


def load_evidence(connection: Connection, wanted: Collection[MessageId]) -> dict[MessageId, list[Evidence]]:
    """Return the evidence on messages, oldest first."""
    query = select(evidence).where(evidence.c.message_id.in_(wanted)).order_by(evidence.c.at)
    found: dict[MessageId, list[Evidence]] = {}
    for row in connection.execute(query):
        kept = Evidence(**{name: getattr(row, name) for name in Evidence.__slots__})
        found.setdefault(MessageId(row.message_id), []).append(kept)
    return found


def sent_formally(connection: Connection, since_ms: int, until_ms: int) -> list[Sent]:
    """Return what this office has sent formally, as the relay took it in within these Unix milliseconds."""
    query = select(messages.c.message_id, messages.c.group_id, addressees.c.devices).join(
        addressees, addressees.c.message_id == messages.c.message_id, isouter=True
    )
    return [
        Sent(MessageId(row.message_id), GroupId(row.group_id), frozenset(_devices(row.devices or b"")))
        for row in connection.execute(query.where(*_formally_sent(since_ms, until_ms)))
    ]


def opened_by(connection: Connection, since_ms: int, until_ms: int) -> frozenset[tuple[MessageId, EntryId]]:
    """Return which offices have opened what this office has sent formally in that time."""
    events = (EvidenceEvent.CONTENT_HANDOVER.value, EvidenceEvent.CONTENT_ACKNOWLEDGEMENT.value)
    query = (
        select(evidence.c.message_id, evidence.c.entry_id)
        .join(messages, messages.c.message_id == evidence.c.message_id)
        .where(evidence.c.event.in_(events), *_formally_sent(since_ms, until_ms))
    )
    return frozenset((MessageId(row.message_id), EntryId(row.entry_id)) for row in connection.execute(query))


def _formally_sent(since_ms: int, until_ms: int) -> tuple[ColumnElement[bool], ...]:
    # Written into the statement, as an index of these alone is of no use to a value that is given later.
    yes = literal(1, literal_execute=True)
    return (
        messages.c.own == yes,
        messages.c.formal == yes,
        # What was carried or handed back has no time that a relay has given it.
        messages.c.sequence >= FROM_ARCHIVE,
        messages.c.at_ms.between(since_ms, until_ms),
    )


def load_messages(connection: Connection, wanted: Collection[MessageId]) -> list[ArchivedMessage]:
    """Return messages, oldest first."""
    query = select(messages).where(messages.c.message_id.in_(wanted)).order_by(messages.c.at_ms)
    return [read_message(row) for row in connection.execute(query)]


def save_terms(connection: Connection, *, urgent: bool, terms: Terms) -> None:
    """Write how long evidence is waited for."""
    values = {"delivery_s": terms.delivery_s, "opening_s": terms.opening_s}
    row = insert(delivery_terms).values(urgency=_URGENT_NAME if urgent else _USUAL_NAME, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["urgency"], set_=values))


def load_terms(connection: Connection) -> tuple[Terms, Terms]:
    """Return how long evidence is waited for: usually, and of urgent requests."""
    rows = connection.execute(select(delivery_terms))
    kept = {row.urgency: Terms(row.delivery_s, row.opening_s) for row in rows}
    return kept.get(_USUAL_NAME, USUAL), kept.get(_URGENT_NAME, URGENT)


def message_at(connection: Connection, group_id: GroupId, sequence: Sequence) -> ArchivedMessage | None:
    """Return the message that stands at a place of a room, which may be one that nobody reads."""
    query = select(messages).where(messages.c.group_id == group_id, messages.c.sequence == sequence)
    row = connection.execute(query).first()
    return None if row is None else read_message(row)


def own_proofs(connection: Connection, message_id: MessageId, device_id: DeviceId) -> list[bytes]:
    """Return what a device has signed about a message that overrules non-delivery, oldest first."""
    events = (
        EvidenceEvent.CONTENT_CONSIGNMENT.value,
        EvidenceEvent.CONTENT_HANDOVER.value,
        EvidenceEvent.CONTENT_ACKNOWLEDGEMENT.value,
    )
    query = select(evidence.c.signed).where(
        evidence.c.message_id == message_id,
        evidence.c.device_id == device_id,
        evidence.c.event.in_(events),
        evidence.c.signed.is_not(None),
    )
    return [bytes(signed) for signed in connection.execute(query.order_by(evidence.c.at)).scalars()]
