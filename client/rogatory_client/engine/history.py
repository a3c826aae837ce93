"""History resealed: what an office hands to its own new device, and how that device takes it in.

The rows travel in the office's own room, whose members are the office's devices alone; the message's topic
names the room they belong to. The office vouches for them: they were verified when they came. What another
office has handed back (``handed_back``) goes on with the names of those who vouch for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from rogatory_client.engine.delivery_effect import SaveNonDelivery
from rogatory_client.engine.effect import (
    FROM_ARCHIVE,
    FROM_PARTNER,
    ArchivedMessage,
    DropReseal,
    Effect,
    SaveEvidence,
    SaveMessage,
    SaveReference,
    SaveRoom,
)
from rogatory_client.engine.interpretation import Said, interpret
from rogatory_client.engine.outgoing_effect import Enqueue, Parcel
from rogatory_client.engine.partner_effect import SaveVoucher, Voucher
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.writing import write
from rogatory_crypto.content.case_company import CircleRoom
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import event_part
from rogatory_crypto.content.history import (
    MAX_REFERENCES,
    MAX_VOUCHERS,
    ArchivedRow,
    HistoryResealed,
    OfficeReference,
)
from rogatory_crypto.content.message import verify_message
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import DeviceCredential, VerifiedDevice
from rogatory_crypto.wire.identifier import EntryId, GroupId

MAX_BATCH_BYTES = 512 << 10
MAX_BATCH_ROWS = 500
# Larger ones fit into no message beside their wrapping; no message of ours comes near.
MAX_ROW_BYTES = 900 << 10


def reseal(
    room: Room,
    office_room: Room,
    archive: Sequence[ArchivedMessage],
    context: Context,
    vouchers: Mapping[MessageId, Sequence[EntryId]] = MappingProxyType({}),
    references: Mapping[EntryId, str] = MappingProxyType({}),
) -> tuple[Effect, ...]:
    """Put a room's history into the outbox of the office's own room.

    Args:
        room: whose history it is.
        office_room: where it goes.
        archive: what the office has of it.
        context: identity and randomness.
        vouchers: who handed back what this office has not received itself.
        references: each office's own.
    """
    named = named_references(references)
    # Who comes into a circle's room has not seen it opened.
    is_circle = office_room.kind is CaseKind.CIRCLE
    opening = (event_part(CircleRoom(GroupId(bytes.fromhex(office_room.subject)))),) if is_circle else ()
    effects: list[Effect] = [DropReseal(room.group_id)]
    for batch in batches(archive):
        rows = tuple(_archived(row, vouchers) for row in batch)
        history = HistoryResealed(rows, room.subject, named)
        written = write((*opening, event_part(history)), office_room.group_id, context, topic=room.group_id)
        effects.append(Enqueue(Parcel(0, office_room.group_id, written.message_id, written.encoded)))
    return tuple(effects)


def named_references(references: Mapping[EntryId, str]) -> tuple[OfficeReference, ...]:
    """Return references as they are handed on; no more than whoever reads them takes."""
    named = (OfficeReference(office, text) for office, text in sorted(references.items()))
    return tuple(named)[:MAX_REFERENCES]


def _archived(row: ArchivedMessage, vouchers: Mapping[MessageId, Sequence[EntryId]]) -> ArchivedRow:
    named = vouchers.get(row.message_id, ()) if row.sequence == FROM_PARTNER else ()
    return ArchivedRow(row.sender, row.at_ms, row.content, tuple(named[:MAX_VOUCHERS]))


def take_in(history: HistoryResealed, room: Room, context: Context) -> tuple[Room, tuple[Effect, ...]]:
    """Return the room and its records as another device of the office had them.

    Raises:
        PeerError: a row is not a message of that room or names a device that no office has entered.
    """
    effects: list[Effect] = []
    after, kind = room, room.kind
    for row in history.rows:
        said = said_in(row, after.group_id, context)
        interpretation = interpret(said, after, context, vouched=True)
        after = interpretation.room
        if kind is None or not row.vouched_by:
            kind = later_kind(kind, after.kind)
        effects.append(SaveMessage(replace(interpretation.record, sequence=_origin(row))))
        effects += proven(interpretation.effects) if row.vouched_by else interpretation.effects
        effects += _vouchers(row, said, after.group_id)
    # The archive may lag behind what the room itself has taught this device.
    after = replace(after, kind=kind, subject=after.subject or history.subject)
    effects += suggested(history.references, after.group_id)
    return after, (SaveRoom(after), *effects)


def later_kind(one: CaseKind | None, other: CaseKind | None) -> CaseKind | None:
    """Return what a room is, by what is known of it from two times: a consultation may become a request."""
    if one is CaseKind.CONSULTATION and other is CaseKind.REQUEST:
        return other
    return one or other


def suggested(references: Iterable[OfficeReference], group_id: GroupId) -> Iterator[SaveReference]:
    """Yield references that are known from hearsay: what a message of the record says counts more."""
    for each in references:
        yield SaveReference(group_id, each.office, each.reference, yields=True)


def _origin(row: ArchivedRow) -> int:
    return FROM_PARTNER if row.vouched_by else FROM_ARCHIVE


def _vouchers(row: ArchivedRow, said: Said, group_id: GroupId) -> Iterator[SaveVoucher]:
    for office in row.vouched_by:
        voucher = Voucher(said.message.message_id, group_id, office, row.sender, row.accepted_at_ms)
        yield SaveVoucher(voucher)


def proven(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """Return what is signed by itself: nothing else that a message handed back would do is done."""
    return tuple(
        effect
        for effect in effects
        if isinstance(effect, SaveNonDelivery)
        or (isinstance(effect, SaveEvidence) and effect.evidence.signed is not None)
    )


def said_in(row: ArchivedRow, group_id: GroupId, context: Context) -> Said:
    """Return an archived row as what it says.

    Raises:
        PeerError: it is no message of that room, or names a device that no office has entered.
    """
    credential = DeviceCredential.decode(row.sender)
    device = context.registry.devices.get(credential.device_id)
    if device is None or context.registry.credential_of(credential.device_id) != credential:
        raise PeerError(Code.INVALID_CREDENTIAL, "an archived message of an unknown device")
    room_uri = context.uri_of_room(group_id)
    message = verify_message(row.content, sender_uri=credential.authority, room_uri=room_uri)
    return Said(message, row.sender, VerifiedDevice(device, credential.authority), None, row.accepted_at_ms)


def batches(archive: Sequence[ArchivedMessage]) -> Iterator[list[ArchivedMessage]]:
    """Yield the messages in pieces of which each fits into one message; none that fits into none."""
    batch: list[ArchivedMessage] = []
    size = 0
    for message in (each for each in archive if len(each.content) <= MAX_ROW_BYTES):
        if batch and (size + len(message.content) > MAX_BATCH_BYTES or len(batch) == MAX_BATCH_ROWS):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += len(message.content)
    if batch:
        yield batch
