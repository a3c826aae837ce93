"""Who should be in a room, compared with who is.

An office adds its own new devices to every room it is in; a secretariat adds all devices of enrolled members
to its network's room; whoever notices a device out of service, or an outsider in the office's own room,
removes that leaf before anything more is said; which of its devices an office lets into a case stands in
``seating``. Between offices a member may bring another office in, as it
could show it all the letters anyway; the others are warned by name.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from rogatory_client.engine.effect import PlanReseal
from rogatory_client.engine.kept_group import Outline
from rogatory_client.engine.room import Context, Room, device_of
from rogatory_client.engine.seating import is_limited, may_add_own, may_come, may_stay, own_leaves
from rogatory_crypto import mls
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Device
from rogatory_crypto.wire.identifier import DeviceId, EntryId
from rogatory_crypto.wire.limits import MAX_CLAIMED_DEVICES

LEAF_REFRESH_S: Final = 7 * 86_400
LEAF_REFRESH_MESSAGES: Final = 1_000
# What is said there is for whoever was there: nothing of it is handed to later devices.
WITHOUT_HISTORY: Final = frozenset({CaseKind.RETURN})


@dataclass(frozen=True, slots=True)
class Change:
    """A change of members: devices to add, leaves to remove with the devices they stand for.

    ``refresh`` asks for fresh keys of this device, which heal what a thief of the old ones could read (P04).
    """

    add: tuple[DeviceId, ...] = ()
    remove: tuple[tuple[int, DeviceId], ...] = ()
    refresh: bool = False

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.add or self.remove or self.refresh)


def plan_change(
    room: Room,
    context: Context,
    *,
    in_office_room: bool,
    unavailable: Collection[DeviceId] = (),
    forestalled: bool = False,
) -> Change:
    """Return what has to change.

    Args:
        room: a room with a group, or one still to be created.
        context: registry and time decide which devices are in service.
        in_office_room: whether this device can hand history to the office's other devices.
        unavailable: devices that cannot be added for now; nobody who is in the room waits for them.
        forestalled: whether others have come first of late; then renewal waits, for as long again at most.
    """
    stand = room.stand
    if stand is None:
        if context.unaccepted.intersection(room.offices) and room.kind is not CaseKind.NETWORK:
            return Change()  # a case without its addressee is none: it waits for an officer
        planned = _devices(room.offices, room, context) if room.is_planned else ()
        return Change(add=planned[:MAX_CLAIMED_DEVICES])
    present = _present(room)
    wanted = _devices(_offices_to_add(room, context, in_office_room=in_office_room), room, context)
    is_brief = room.kind is CaseKind.RETURN
    lost = {device for device in room.lost if device in present and _may_return(device, room, context)}
    lost -= set(unavailable)
    missing = tuple(device for device in wanted if device not in present and device not in unavailable)
    missing = (*sorted(lost), *missing)[:MAX_CLAIMED_DEVICES]
    lost &= set(missing)
    leaving = frozenset(
        device
        for device in present
        if device in lost or (device != context.oneself.device_id and not _may_stay(device, room, context))
    )
    return Change(
        add=missing,
        remove=_leaves_of(room, leaving),
        refresh=not is_brief and _keys_are_old(stand, context.now, patience=2 if forestalled else 1),
    )


def _present(room: Room) -> frozenset[DeviceId]:
    """Return who is in a room; to see that nothing has to change, a group that rests is not opened."""
    if room.outline is not None:
        return frozenset(room.outline.devices)
    return frozenset() if room.group is None else frozenset(map(device_of, room.group.members))


def _leaves_of(room: Room, leaving: frozenset[DeviceId]) -> tuple[tuple[int, DeviceId], ...]:
    if not leaving or room.group is None:
        return ()
    named = ((member.leaf_index, device_of(member)) for member in room.group.members)
    return tuple((leaf, device) for leaf, device in named if device in leaving)


def _keys_are_old(group: mls.Group | Outline, now: int, *, patience: int) -> bool:
    """Tell whether this device's keys in a room have served long enough, by time or by use.  # P04 C10.

    Keys that are as much younger than now were made when the clock was ahead: nobody knows how old they are.
    """
    age = abs(now - group.leaf_since)
    return age >= patience * LEAF_REFRESH_S or group.sent_messages >= patience * LEAF_REFRESH_MESSAGES


def reseal_owed(room: Room, sequence: int, context: Context) -> tuple[PlanReseal, ...]:
    """A message of a former epoch came after a newer one began: devices added with that cannot open it."""
    if room.kind in WITHOUT_HISTORY or not _hands_on(room, context):
        return ()
    return (PlanReseal(room.group_id, sequence),)


def _hands_on(room: Room, context: Context) -> bool:
    """One device does: the one with the office's key, and in a limited case the first that is there."""
    oneself = context.oneself
    if is_limited(room.group_id, context):
        present = own_leaves(room, context)
        return len(present) > 1 and min(present) == oneself.device_id
    return oneself.holds_office_key and len(context.registry.devices_of(oneself.entry_id, context.now)) > 1


def is_of_one_office(group: mls.Group, context: Context) -> bool:
    """Tell whether every leaf belongs to the own office."""
    return offices_of(group.members, context) == {context.oneself.entry_id}


def offices_of(members: Iterable[mls.Member], context: Context) -> frozenset[EntryId]:
    """Return whose devices these are.

    Raises:
        PeerError: INVALID_CREDENTIAL, for a leaf that no office has entered.
    """
    found = (context.registry.attribute(member.identity, member.signature_key) for member in members)
    return frozenset(verified.device.entry.entry_id for verified in found)


def serving_offices(members: Iterable[mls.Member], context: Context) -> frozenset[EntryId]:
    """Return whose devices in service these are: one that has enrolled anew is there with none of before."""
    found = (context.registry.devices.get(device_of(member)) for member in members)
    serving = (device for device in found if device is not None and device.is_in_service(context.now))
    return frozenset(device.entry.entry_id for device in serving)


def seated(
    room: Room,
    former: Iterable[mls.Member],
    newcomers: Iterable[mls.Member],
    at_ms: int,
    context: Context,
) -> Room:
    """Return the room with seats for who was in it and who comes, so that it is known once they are gone.

    Args:
        room: as it will be.
        former: who was in it before; counts where nobody has a seat yet.
        newcomers: who has come.
        at_ms: when the relay took that in.
        context: whose devices are whose.
    """
    members = newcomers if room.seats else (*former, *newcomers)
    return room.seating(offices_of(members, context), at_ms)


def require_same_offices(former: mls.Group, group: mls.Group, context: Context) -> None:
    """Let a device that was removed be welcomed back only among those it was with.

    Raises:
        PeerError: FORBIDDEN, as another office would be read and answered in their place.
    """
    if offices_of(group.members, context) - offices_of(former.members, context):
        raise PeerError(Code.FORBIDDEN, "a Welcome back to a room in which another office is now")


def require_was_in_service(device: Device, at: int, *, tolerance_s: int = 0) -> None:
    """Let a device speak until its office has revoked it or its term, renewed or not, has ended.

    Args:
        device: whose word it is.
        at: when it was said, unix seconds.
        tolerance_s: for how long after its revocation was listed.

    Raises:
        PeerError: REVOKED or EXPIRED.
    """
    if device.revoked_at is not None and device.revoked_at + tolerance_s <= at:
        raise PeerError(Code.REVOKED, "said by a device after its office had revoked it")
    if device.not_after <= at:
        raise PeerError(Code.EXPIRED, "said by a device after its entry had expired")


def _offices_to_add(room: Room, context: Context, *, in_office_room: bool) -> tuple[EntryId, ...]:
    oneself = context.oneself
    can_hand_on = oneself.holds_office_key or in_office_room or room.kind is CaseKind.CIRCLE
    may_add = can_hand_on or is_limited(room.group_id, context)
    is_known = room.kind not in {None, CaseKind.RETURN} and may_add_own(room, context)
    own = (oneself.entry_id,) if is_known and may_add else ()
    is_secretariat = room.kind is CaseKind.NETWORK and (
        context.secretariats.get(room.network or "") == oneself.entry_id
    )
    everybody = room.offices if is_secretariat else _returning(room, context)
    return (*own, *everybody)


def _returning(room: Room, context: Context) -> tuple[EntryId, ...]:
    """Return whom an officer lets back; once a device of it is there, the office adds its others itself."""
    consented = context.returning.get(room.group_id, frozenset())
    if not consented or room.group is None:
        return ()
    return tuple(sorted(consented - serving_offices(room.group.members, context)))


def _devices(offices: tuple[EntryId, ...], room: Room, context: Context) -> tuple[DeviceId, ...]:
    """Devices in service of the given offices, without this one and those that no officer has accepted."""
    own = context.oneself.device_id
    found = (
        device.entry.device_id
        for office in dict.fromkeys(offices)
        if office not in context.unaccepted
        for device in context.registry.devices_of(office, context.now)
        if may_come(device, room, context)
    )
    return tuple(device_id for device_id in found if device_id != own)


def _may_return(device_id: DeviceId, room: Room, context: Context) -> bool:
    return device_id != context.oneself.device_id and _may_stay(device_id, room, context)


def _may_stay(device_id: DeviceId, room: Room, context: Context) -> bool:
    device = context.registry.devices.get(device_id)
    if device is None or not device.is_in_service(context.now):
        return False
    return may_stay(device, room, context)
