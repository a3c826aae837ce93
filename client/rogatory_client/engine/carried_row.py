"""The relay's row of a message that came by carrier before: it completes what is here and opens nothing.

The row's key was used when the file was taken in, so the row is known by the hash of its ciphertext; one that
was sealed anew is known by the message in it. The place and time of the relay replace those of the arrival
here, and everything that is judged by time is judged anew, as it is read from the record each time.
"""

from rogatory_client.engine.carried_effect import Carried, ConfirmCarried
from rogatory_client.engine.effect import Effect, Happening, Outcome, SaveRoom
from rogatory_client.engine.membership import require_was_in_service, reseal_owed
from rogatory_client.engine.room import Context, Room
from rogatory_crypto import mls
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import PeerError
from rogatory_crypto.wire.frame import Row


def came_before(context: Context, message_id: MessageId) -> Carried | None:
    """Return how a message came by carrier, while the relay has not shown it."""
    return next((each for each in context.carried.values() if each.message_id == message_id), None)


def confirm(came: Carried, room: Room, row: Row, context: Context) -> Outcome:
    """Complete a message that is here with what the relay says of it.

    Args:
        came: how it came.
        room: with the position of the row.
        row: as the relay delivered it.
        context: registry and time.
    """
    confirmed = ConfirmCarried(came.payload_sha256, came.message_id, row.sequence, row.accepted_at_ms)
    effects: tuple[Effect, ...] = (SaveRoom(room), confirmed)
    if room.group is not None and mls.message_epoch(row.payload)[1] < room.group.epoch:
        effects = (*effects, *reseal_owed(room, row.sequence, context))
    return Outcome((room,), effects, _told(came, row, context))


def _told(came: Carried, row: Row, context: Context) -> tuple[Happening, ...]:
    sender = context.registry.devices[came.device_id]
    try:
        require_was_in_service(sender, row.accepted_at_ms // 1000, tolerance_s=1)
    except PeerError:
        text = (
            f"what came by carrier from a device of {sender.entry.entry_id} reached the relay only when that "
            "device was out of service: offices that did not get the file refuse it; ask for it anew"
        )
        return (Happening("warning", came.group_id, came.message_id, text),)
    text = "what came by carrier is confirmed by the relay"
    return (Happening("confirmed", came.group_id, came.message_id, text),)
