"""A device that could not follow a commit says so, and is taken out and in again (RFC 9420 16.12, N06).

It stays in the epoch it has and says nothing else there. Who reads its report removes and adds it in one
commit; the Welcome brings it to where the others are. What was said in between, this device has not got.
Once a connection it tries a commit of its own: if the relay takes it, nobody had gone on.
"""

from dataclasses import replace

from rogatory_client.engine.effect import Effect, Happening, Note, Outcome, SaveRoom
from rogatory_client.engine.interpretation import Said
from rogatory_client.engine.outgoing_effect import Enqueue, Parcel
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.writing import write
from rogatory_crypto import mls
from rogatory_crypto.content.epoch_report import EpochReport, read_report, report_part
from rogatory_crypto.content.mimi import decode
from rogatory_crypto.content.nested_part import walk
from rogatory_crypto.content.split_report import read_split
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import DeviceId, GroupId, RowKind


def cannot_follow(room: Room, row: Row, error: PeerError, context: Context) -> Outcome | None:
    """Return what to do about a commit of our epoch that was refused; None if it is no such row.  # N06.

    Args:
        room: the room, its position already ahead of the row.
        row: what was refused.
        error: why.
        context: identity and randomness.
    """
    group = room.group
    if row.kind is not RowKind.COMMIT or group is None or not room.is_followed_by(context.oneself.device_id):
        return None
    if not _is_of_this_epoch(row.payload, group):
        return None
    waiting = replace(group, proposals={}, update_keys={})
    # It will not reach the epoch it may have been waiting for, and says so rather than wait.
    lost = replace(room, group=waiting, staged=None, needs_epoch=0).losing(context.oneself.device_id)
    note = Note(room.group_id, row.sequence, context.now, error.code.value, error.detail)
    effects: tuple[Effect, ...] = (SaveRoom(lost), note, _report(group, error.code, context))
    text = (
        f"a change of the room could not be followed ({error}); the others are asked to help. "
        "Nothing is said here meanwhile: if nobody helps, go on with "
        f"`rogatory case refound {room.group_id.hex()[:12]}`"
    )
    return Outcome((lost,), effects, (Happening("warning", room.group_id, None, text),), error.code.value)


def report_again(room: Room, context: Context) -> Effect | None:
    """Return a second report where this device is lost; None where it is not."""
    if room.group is None or not room.group.active or context.oneself.device_id not in room.lost:
        return None
    return _report(room.group, Code.FORBIDDEN, context)


def _report(group: mls.Group, code: Code, context: Context) -> Effect:
    group_id = GroupId(group.group_id)
    written = write((report_part(EpochReport(group.epoch, code.value)),), group_id, context)
    return Enqueue(Parcel(0, group_id, written.message_id, written.encoded))


def _is_of_this_epoch(payload: bytes, group: mls.Group) -> bool:
    try:
        return mls.message_epoch(payload) == (group.group_id, group.epoch)
    except PeerError:
        return False


def is_report(parcel: Parcel) -> bool:
    """Tell whether a parcel reports a lost device, or two histories of the log: all that a lost one says."""
    parts = walk(decode(parcel.content).nested_part)
    return any(read_report(part) is not None or read_split(part) is not None for part in parts)


def note_report(room: Room, said: Said, received: mls.ApplicationReceived) -> Room:
    """Return the room with the sender among those to be taken out and in, if that is what was said.

    A report counts for the epoch it was sealed in and while its device has the leaf it had then.

    Raises:
        PeerError: MALFORMED.
    """
    reports = [read_report(part) for part in said.message.parts]
    found = next((report for report in reports if report is not None), None)
    if found is None or room.group is None or found.epoch != received.epoch:
        return room
    now = {member.leaf_index: member for member in room.group.members}
    if now.get(received.sender.leaf_index) != received.sender:
        return room
    return room.losing(said.sender.device.entry.device_id)


def require_later(former: mls.Group, group: mls.Group) -> None:
    """Let a Welcome lead on and never back: keys of an epoch that was lived through serve once.  # K13 L07.

    Who was removed knows the epoch it was removed in, and has not been in it.

    Raises:
        PeerError: WRONG_EPOCH, as for a Welcome that is shown again to who still has its last resort.
    """
    if group.epoch < former.epoch + former.active:
        raise PeerError(Code.WRONG_EPOCH, "K13: a Welcome back to an epoch that is over")


def found_again(room: Room, found: frozenset[DeviceId]) -> Room:
    """Return the room once a commit has taken devices out, or they have made or followed one after all."""
    return replace(room, lost=tuple(device for device in room.lost if device not in found))
