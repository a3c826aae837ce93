"""History resealed: what an office hands to its own new device, and how that device takes it in.

The rows travel in the office's own room, whose members are the office's devices alone; the message's topic
names the room they belong to. The office vouches for them: they were verified when they came.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rogatory_client.engine.effect import (
    FROM_ARCHIVE,
    ArchivedMessage,
    DropReseal,
    Effect,
    Enqueue,
    Parcel,
    SaveMessage,
    SaveRoom,
)
from rogatory_client.engine.interpretation import Said, interpret
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.writing import write_event
from rogatory_crypto.content.events import ArchivedRow, HistoryResealed
from rogatory_crypto.content.message import verify_message
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import DeviceCredential, VerifiedDevice
from rogatory_crypto.wire.identifier import GroupId

MAX_BATCH_BYTES = 512 << 10
MAX_BATCH_ROWS = 500
# Larger ones fit into no message beside their wrapping; no message of ours comes near.
MAX_ROW_BYTES = 900 << 10


def reseal(
    room: Room, office_room: Room, archive: Sequence[ArchivedMessage], context: Context
) -> tuple[Effect, ...]:
    """Put a room's history into the outbox of the office's own room."""
    effects: list[Effect] = [DropReseal(room.group_id)]
    for batch in _batches(archive):
        rows = tuple(ArchivedRow(row.sender, row.at_ms, row.content) for row in batch)
        written = write_event(HistoryResealed(rows), office_room.group_id, context, topic=room.group_id)
        effects.append(Enqueue(Parcel(0, office_room.group_id, written.message_id, written.encoded)))
    return tuple(effects)


def take_in(history: HistoryResealed, room: Room, context: Context) -> tuple[Room, tuple[Effect, ...]]:
    """Return the room and its records as another device of the office had them.

    Raises:
        PeerError: a row is not a message of that room or names a device that no office has entered.
    """
    effects: list[Effect] = []
    after = room
    for row in history.rows:
        said = _said(row, after.group_id, context)
        interpretation = interpret(said, after, context, vouched=True)
        after = interpretation.room
        effects += (
            SaveMessage(replace(interpretation.record, sequence=FROM_ARCHIVE)),
            *interpretation.effects,
        )
    # The archive may lag behind what the room itself has taught this device.
    after = replace(after, kind=room.kind or after.kind)
    return after, (SaveRoom(after), *effects)


def _said(row: ArchivedRow, group_id: GroupId, context: Context) -> Said:
    credential = DeviceCredential.decode(row.sender)
    device = context.registry.devices.get(credential.device_id)
    if device is None or context.registry.credential_of(credential.device_id) != credential:
        raise PeerError(Code.INVALID_CREDENTIAL, "an archived message of an unknown device")
    room_uri = context.uri_of_room(group_id)
    message = verify_message(row.content, sender_uri=credential.authority, room_uri=room_uri)
    return Said(message, row.sender, VerifiedDevice(device, credential.authority), None, row.accepted_at_ms)


def _batches(archive: Sequence[ArchivedMessage]) -> Iterator[list[ArchivedMessage]]:
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
