"""Messages past the relay: which rooms can be carried, and how a ciphertext from a file is taken in.

Application messages open in any order while their epoch is known, so they need no relay. Whatever changes a
room needs its order: of two commits one wins, and only the relay says which. What was carried goes to the
relay all the same, under the same submission id, and gets its place and its time there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from rogatory_client.engine.carried_effect import FROM_CARRIER, Carried, SaveCarried
from rogatory_client.engine.delivery import read_application
from rogatory_client.engine.effect import Outcome, PlanReseal, SaveMessage
from rogatory_client.engine.interpretation import NOBODY_READS
from rogatory_client.engine.membership import plan_change, require_was_in_service
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.seating import holding_back
from rogatory_crypto import mls
from rogatory_crypto.content import epoch_report, mimi, resent, unreadable_report
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import SinglePart, walk
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import DeviceCredential
from rogatory_crypto.wire.carried import CarriedMessage
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import DeviceId, EntryId, RowKind, Sequence

_OF_THE_LOG: Final = frozenset({epoch_report.MEDIA_TYPE, unreadable_report.MEDIA_TYPE, resent.MEDIA_TYPE})
_NEEDS_RELAY: Final = "this case is new: the relay lets its addressees in; connect once with `rogatory sync`"


def speaks_of_the_log(content: bytes) -> bool:
    """Tell whether a message is about places in the relay's log: what it asks or tells takes that order.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    parts = walk(mimi.decode(content).nested_part)
    return any(isinstance(part, SinglePart) and part.content_type in _OF_THE_LOG for part in parts)


def obstacle(room: Room, context: Context) -> str | None:
    """Return why nothing of a room can be carried and what to do, or None where it can.

    Keys that are only old keep nobody from carrying: to renew them takes the relay, and a line that is gone
    for weeks is what files are for. A device that is to be taken out does: it would read what is said.
    """
    group = room.group
    # A history belongs to the order of the log, and the office's own rooms hold what changes its record.
    if room.kind in NOBODY_READS:
        return "what belongs to this office alone goes over the relay only: connect with `rogatory sync`"
    if group is None or group.epoch == 0:
        return _NEEDS_RELAY
    if not room.is_followed_by(context.oneself.device_id):
        return "this device is not in the case any more: see `rogatory case show`"
    if room.is_behind:
        return "the relay holds a change of this case that has not come here: connect with `rogatory sync`"
    if holding_back(room, context):
        return "who may read this case changes first, in the relay's order: connect with `rogatory sync`"
    change = plan_change(room, context, in_office_room=False)
    leaving = {device for _, device in change.remove}
    leaving |= set() if room.staged is None else set(room.staged.removed)
    if leaving:
        return (
            f"{len(leaving)} devices are to be taken out of this case first, or they could read what is "
            "said: that takes the relay's order; connect with `rogatory sync`"
        )
    return None


@dataclass(frozen=True, slots=True)
class Brought:
    """A ciphertext out of a file.

    Attributes:
        message: what the file says of it.
        maker: the device that has made the file.
        at_ms: now, Unix milliseconds.
    """

    message: CarriedMessage
    payload: bytes = field(repr=False)
    maker: DeviceId
    at_ms: int


def receive_carried(
    room: Room | None, brought: Brought, context: Context, is_here: Callable[[MessageId], bool]
) -> Outcome:
    """Take one ciphertext in as a row would be; what is ``delivered`` is still to be acknowledged.

    Args:
        room: it belongs to, if this device knows it.
        brought: the ciphertext and how it came.
        context: identity, registry, time, what came by carrier before.
        is_here: whether a message is in the record.

    Returns:
        The new state; ``refused`` is ``already-used`` if the message is here already, however it came.

    Raises:
        PeerError: it cannot be taken in; the detail says why and who must act. Nothing has changed.
    """
    digest = sha256(brought.payload).digest()
    if digest in context.carried or digest in context.own_payloads:
        return _HERE
    sender = _office_of(brought.maker, context)
    if room is None or room.group is None or not room.group.active:
        raise PeerError(Code.WRONG_GROUP, _unknown_room(sender))
    _require_known_epoch(room.group, brought, sender)
    received = _open(room.group, brought.payload, sender, context)
    if received is None:
        return _HERE
    _require_from(brought.maker, received, context)
    _require_not_by_line(room, received)
    read = _read(_advanced(room, received, brought.payload, context), brought, received, context)
    record = next((each.message for each in read.effects if isinstance(each, SaveMessage)), None)
    if record is None:
        raise PeerError(Code.FORBIDDEN, "a history comes over the relay only")
    if is_here(record.message_id):
        return _HERE
    written_at_ms = brought.message.written_at_ms
    came = Carried(digest, room.group_id, record.message_id, brought.maker, written_at_ms, context.now)
    return replace(read, effects=(*read.effects, SaveCarried(came)))


_HERE: Final = Outcome(refused=Code.ALREADY_USED.value)


def _read(room: Room, brought: Brought, received: mls.ApplicationReceived, context: Context) -> Outcome:
    """Read it as a row without a place; what is owed to later devices is owed once it has one."""
    row = Row(Sequence(FROM_CARRIER), brought.at_ms, RowKind.APPLICATION, brought.payload)
    read = read_application({}, room, row, received, context)
    return replace(read, effects=tuple(each for each in read.effects if not isinstance(each, PlanReseal)))


def _require_not_by_line(room: Room, received: mls.ApplicationReceived) -> None:
    if room.kind in NOBODY_READS:
        raise PeerError(Code.FORBIDDEN, "what belongs to an office alone comes over the relay only")
    if speaks_of_the_log(received.content):
        raise PeerError(Code.FORBIDDEN, "it is about the relay's log, and comes over the relay only")


def _office_of(device: DeviceId, context: Context) -> EntryId:
    return context.registry.devices[device].entry.entry_id


def _unknown_room(sender: EntryId) -> str:
    return (
        "a case that this device was not let into yet: connect with `rogatory sync`, then take the file in "
        f"again; if that does not help, {sender} must let this office in"
    )


def _require_known_epoch(group: mls.Group, brought: Brought, sender: EntryId) -> None:
    """Say who must act where the keys are not there yet, or are gone.

    Raises:
        PeerError: WRONG_EPOCH, WRONG_GROUP, or MALFORMED if it is no message at all.
    """
    group_id, epoch = mls.message_epoch(brought.payload)
    if (group_id, epoch) != (brought.message.group_id, brought.message.epoch):
        raise PeerError(Code.WRONG_GROUP, f"{sender} names another case or time than the message does")
    if epoch > group.epoch:
        raise PeerError(
            Code.WRONG_EPOCH,
            "it was sealed after a change of the case that has not come here: connect with `rogatory sync`, "
            "then take the file in again",
        )
    if epoch < group.epoch and epoch not in {each.epoch for each in group.past}:
        raise PeerError(
            Code.WRONG_EPOCH,
            f"its keys are gone, as the case has changed since: unless it is here already, {sender} must "
            "carry it again or send it over the relay",
        )


def _open(
    group: mls.Group, payload: bytes, sender: EntryId, context: Context
) -> mls.ApplicationReceived | None:
    """Decrypt; None if its key was used, by the relay's row or by the same file."""
    try:
        received = mls.process(group, payload, now=context.now, authenticate=context.authenticate_member)
    except PeerError as error:
        if error.code is Code.REPLAYED:
            return None
        if error.code is Code.TOO_FAR_AHEAD:
            text = "too much that was said before has not come: take in the earlier files first, or connect"
            raise PeerError(error.code, text) from error
        raise PeerError(error.code, f"{error.detail}: {sender} must make the file again") from error
    if isinstance(received, mls.EchoReceived):
        return None
    if not isinstance(received, mls.ApplicationReceived):
        raise PeerError(Code.FORBIDDEN, f"a change of the case is not carried: {sender} must use the relay")
    return received


def _require_from(maker: DeviceId, received: mls.ApplicationReceived, context: Context) -> None:
    """Who made the file has said what is in it, and is in service now: no relay tells when it was said."""
    if DeviceCredential.decode(received.sender.identity).device_id != maker:
        raise PeerError(Code.FORBIDDEN, "the file was made by another device than the message")
    require_was_in_service(context.registry.devices[maker], context.now)


def _advanced(room: Room, received: mls.ApplicationReceived, payload: bytes, context: Context) -> Room:
    """Return the room without the key; a staged change keeps the epoch that it ends, and loses it too."""
    advanced = replace(room, group=received.group)
    if room.staged is None:
        return advanced
    staged = room.staged.group
    if received.epoch not in {each.epoch for each in staged.past}:
        return advanced
    beside = mls.process(staged, payload, now=context.now, authenticate=context.authenticate_member)
    return replace(advanced, staged=replace(room.staged, group=beside.group))
