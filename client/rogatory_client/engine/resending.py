"""A message said once more, for who could not open it: by whom, to whom, and how it is taken in.

Only the office that has sent it says it again, in the same room, with the same bytes. All of that room read
it, so it is said again only while everybody there was to have it when it was sealed first: nobody gets at
what was said before his time by claiming that he could not open it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from rogatory_client.engine.delivery_effect import (
    NoteSaidAgain,
    ResendRequest,
    SettleResendRequest,
)
from rogatory_client.engine.effect import ArchivedMessage, Effect, Happening, Outcome, SaveMessage
from rogatory_client.engine.history import MAX_ROW_BYTES, said_in
from rogatory_client.engine.interpretation import Said, interpret
from rogatory_client.engine.membership import require_was_in_service
from rogatory_client.engine.outgoing_effect import Enqueue, Parcel
from rogatory_client.engine.room import Context, Room, device_of
from rogatory_client.engine.writing import write
from rogatory_crypto.content import mimi
from rogatory_crypto.content.history import ArchivedRow
from rogatory_crypto.content.nested_part import walk
from rogatory_crypto.content.resent import MessageResent, read_resent, resent_part
from rogatory_crypto.content.rights import require_right
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import DeviceCredential
from rogatory_crypto.wire.identifier import DeviceId, EntryId


@dataclass(frozen=True, slots=True)
class Again:
    """A message that was said once more: the room after it, its record, and what else follows."""

    room: Room
    record: ArchivedMessage
    effects: tuple[Effect, ...]


def is_ours_to_answer(message: ArchivedMessage, request: ResendRequest, room: Room, context: Context) -> bool:
    """Tell whether this device answers: who has sent it, and others of the office that may if it has not."""
    oneself = context.oneself
    if message.entry_id != oneself.entry_id:
        return False
    if message.device_id == oneself.device_id:
        return True
    has_not = request.again or message.device_id not in _present(room)
    return has_not and _may_say(oneself.device_id, message.content, room, context)


def objection(
    message: ArchivedMessage,
    request: ResendRequest,
    room: Room,
    addressees: Collection[DeviceId] | None,
    context: Context,
) -> str | None:
    """Return why a message is not said again in its room, or None if it may be.

    Args:
        message: the one that was asked for.
        request: who could not open it.
        room: it was said in.
        addressees: the devices that it was sealed for; None where that is not known.
        context: whose devices are whose, and who has enrolled anew.
    """
    present = _present(room)
    if request.device_id not in present:
        return "who could not open it is in the room no more"
    if len(message.content) > MAX_ROW_BYTES:
        return "it is too large to be said again within a message"
    if addressees is None:
        return (
            "this device does not know for whom it was sealed: only the one that has sent it can say it again"
        )
    strangers = {device for device in present if not _was_meant(device, addressees, context)}
    if request.device_id in strangers:
        return f"{_office(request.device_id, context)} was not in the room when it was sent"
    if strangers:
        names = ", ".join(sorted({_office(device, context) for device in strangers}))
        return f"{names} came into the room since, and would read what was said before"
    return None


def say_again(message: ArchivedMessage, request: ResendRequest, context: Context) -> tuple[Effect, ...]:
    """Put a message into the outbox once more, as it was; its id, bytes and hash stay what they are."""
    resent = MessageResent(request.sequence, message.sender, message.content)
    written = write((resent_part(resent),), message.group_id, context)
    return (
        SettleResendRequest(request, message.message_id),
        Enqueue(Parcel(0, message.group_id, written.message_id, written.encoded)),
    )


def taken_again(said: Said, room: Room, context: Context) -> Again | None:
    """Take in what was said once more, if it is what this device could not open; None if it needs nothing.

    Raises:
        PeerError: somebody else's message is said again, or it is no message of this room.
    """
    found = next((resent for part in said.message.parts if (resent := read_resent(part)) is not None), None)
    if found is None or said.sequence is None:
        return None
    office = said.sender.device.entry.entry_id
    if DeviceCredential.decode(found.sender).authority != said.sender.authority:
        raise PeerError(Code.FORBIDDEN, f"{office} says again what another office has said")
    unread = context.unreadable.get((room.group_id, found.sequence))
    if unread is None:
        return None
    # Time and place are those that the relay gave it, whoever says it again.
    original = said_in(ArchivedRow(found.sender, unread.at_ms, found.content), room.group_id, context)
    # Only who says it again vouches for which colleague has said it: he borrows no role of his.
    require_right(said.sender.device.entry.role, original.message.parts, room.kind)
    require_was_in_service(original.sender.device, unread.at_ms // 1000, tolerance_s=1)
    placed = Said(original.message, original.credential, original.sender, int(found.sequence), unread.at_ms)
    interpretation = interpret(placed, room, context)
    record = interpretation.record
    effects: tuple[Effect, ...] = (
        SaveMessage(record),
        *interpretation.effects,
        NoteSaidAgain(room.group_id, found.sequence, record.message_id, said.at_ms),
    )
    return Again(interpretation.room, record, effects)


def refused(
    request: ResendRequest, message: ArchivedMessage | None, reason: str, context: Context
) -> Outcome:
    """Return that a request is not followed, and tell the officer who has to act."""
    device = context.registry.devices.get(request.device_id)
    effects = (SettleResendRequest(request, None),)
    if message is None or device is None:
        return Outcome((), effects)
    text = (
        f"{device.entry.entry_id} ({device.entry.officer}) could not open the message "
        f"{message.message_id.hex()[:12]}; it is not said again by itself, as {reason}"
    )
    return Outcome((), effects, (Happening("warning", request.group_id, message.message_id, text),))


def _may_say(device_id: DeviceId, content: bytes, room: Room, context: Context) -> bool:
    try:
        role = context.registry.devices[device_id].entry.role
        require_right(role, walk(mimi.decode(content).nested_part), room.kind)
    except PeerError:
        return False
    return True


def _present(room: Room) -> frozenset[DeviceId]:
    return frozenset() if room.group is None else frozenset(map(device_of, room.group.members))


def _was_meant(device: DeviceId, addressees: Collection[DeviceId], context: Context) -> bool:
    if device in addressees:
        return True
    office = _office(device, context)
    if office == context.oneself.entry_id:
        return True
    # Under new keys an office is who its partners have called; what was said before is theirs to hand back.
    return office not in context.changed and office in {_office(each, context) for each in addressees}


def _office(device: DeviceId, context: Context) -> EntryId:
    found = context.registry.devices.get(device)
    return EntryId("somebody unknown") if found is None else found.entry.entry_id
