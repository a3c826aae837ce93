"""Which devices may sit in a room, as far as it is not simply all that are in service.

A case that the own office has limited is for the devices of its circle. A liaison sits where its office has
said so, in cases between States it was assigned to. Whoever makes a room between offices leaves the liaisons
of the others to them, and lets in of an office with a circle nobody else. What this device does not know yet
it does not act on: nobody is added by it, and nobody removed.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from rogatory_client.engine.room import Context, Room, device_of
from rogatory_crypto.casework.company import (
    Standings,
    Word,
    circle_of,
    seats_of,
    standings_of,
    states_of_liaisons,
)
from rogatory_crypto.content.case_company import CircleSet, Standing, StandingProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.rights import RIGHTS, Saying
from rogatory_crypto.identity import Device, Role
from rogatory_crypto.identity.statement import officer_told_apart
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

_RETURN: Final = "return"
_OF_LIMITED: Final = re.compile(f"{_RETURN} ((?:[0-9a-f]{{2}}){{16,64}})")
_CASES: Final = frozenset({None, CaseKind.CONSULTATION, CaseKind.REQUEST})


def may_come(device: Device, room: Room, context: Context) -> bool:
    """Tell whether this device may add another one, or have it in a room that it makes."""
    own = context.oneself.entry_id
    if room.kind is CaseKind.CIRCLE:
        present = _in_its_case(room, context)
        return present is not None and device.entry.device_id in present
    if room.kind is CaseKind.OFFICE:
        return device.entry.role is not Role.LIAISON
    if room.kind is CaseKind.RETURN:
        return _is_handed_to(device, room, context)
    if room.kind not in _CASES:
        return True
    if device.entry.role is Role.LIAISON and not (
        device.entry.entry_id == own and _is_assigned(device, room, context) is True
    ):
        return False
    # What the own office has said and nobody has yet lets nobody in any more; it takes nobody out.
    return all(_is_in_circle(device, room, context, with_queued=each) for each in (False, True))


def subject_of_return(limited: GroupId | None) -> str:
    """Return what a room is about in which a case is handed back, of its own where the case is limited."""
    return _RETURN if limited is None else f"{_RETURN} {limited.hex()}"


def case_of_return(room: Room) -> GroupId | None:
    """Return the limited case that a room was made to hand back; None where it is for any others."""
    found = _OF_LIMITED.fullmatch(room.subject)
    return None if found is None else GroupId(bytes.fromhex(found[1]))


def case_behind(room: Room) -> GroupId | None:
    """Return the case whose devices are to be in a room; None where the room follows no case."""
    match room.kind:
        case CaseKind.CIRCLE:
            return GroupId(bytes.fromhex(room.subject))
        case CaseKind.RETURN:
            return case_of_return(room)
        case _:
            return None


def limits(office: EntryId, group_id: GroupId, context: Context) -> bool:
    """Tell whether an office has limited a case to some of its officers."""
    words = context.companies.get(group_id, ())
    return bool(circle_of(words, office, context.registry).officers)


def _is_handed_to(device: Device, room: Room, context: Context) -> bool:
    """A limited case is handed back to those devices alone that are in it."""
    case = case_of_return(room)
    if case is None:
        return True
    found = context.rooms.get(case)
    members = () if found is None or found.group is None else found.group.members
    return device.entry.device_id in set(map(device_of, members))


def may_stay(device: Device, room: Room, context: Context) -> bool:
    """Tell whether a device of a room is to stay in it; what other offices do with their own is theirs."""
    own = device.entry.entry_id == context.oneself.entry_id
    if room.kind is CaseKind.CIRCLE:
        present = _in_its_case(room, context)
        return own and (present is None or device.entry.device_id in present)
    if room.kind is CaseKind.OFFICE:
        return own and device.entry.role is not Role.LIAISON
    if room.kind not in _CASES:
        return True
    if not own:
        return device.entry.entry_id not in dismissed(room, context)
    if device.entry.role is Role.LIAISON and _is_assigned(device, room, context) is False:
        return False
    return _is_in_circle(device, room, context, with_queued=False)


def may_add_own(room: Room, context: Context) -> bool:
    """Tell whether this device knows a room well enough to add others of its office, and can hand it on.

    Who came late knows of a circle once it has been handed the history, and with it the subject. An office
    that has enrolled anew may never learn it.
    """
    oneself = context.oneself
    device = context.registry.devices[oneself.device_id]
    office = context.registry.offices.get(oneself.entry_id)
    knows = bool(room.subject) or (office is not None and office.anew)
    return knows and Saying.HAND_HISTORY in RIGHTS[device.entry.role] and may_come(device, room, context)


def is_limited(group_id: GroupId, context: Context) -> bool:
    """Tell whether the own office has limited a case to some of its officers, or is about to."""
    words, own = context.companies.get(group_id, ()), context.oneself.entry_id
    circles = (circle_of(words, own, context.registry, with_queued=each) for each in (False, True))
    return any(each.officers for each in circles)


def is_shut_out(group_id: GroupId, context: Context) -> bool:
    """Tell whether the own office has limited a case to others: nothing of it is shown here."""
    words, oneself = context.companies.get(group_id), context.oneself
    if not words:
        return False
    officers = circle_of(words, oneself.entry_id, context.registry).officers
    if not officers:
        return False
    return oneself.device_id not in seats_of(officers, oneself.entry_id, context.registry, context.now)


def has_stepped_in(group_id: GroupId, context: Context) -> bool:
    """Tell whether this is the head's device, in a case whose named officers have none any more."""
    words, oneself = context.companies.get(group_id), context.oneself
    if not words:
        return False
    officers = circle_of(words, oneself.entry_id, context.registry).officers
    who = context.registry.devices[oneself.device_id].entry.who
    is_named = who in map(officer_told_apart, officers)
    return bool(officers) and not is_named and not is_shut_out(group_id, context)


def holding_back(room: Room, context: Context) -> frozenset[MessageId]:
    """Return what has to be at the relay, and acted on, before anything more is said."""
    return frozenset(
        word.message_id
        for word in context.companies.get(room.group_id, ())
        if word.is_queued and _takes_out(word.event)
    )


def founders_of(room: Room, words: Iterable[Word]) -> frozenset[EntryId]:
    """Return the offices that were in a case before anything was proposed about them."""
    proposed: dict[EntryId, int] = {}
    for word in words:
        if isinstance(word.event, StandingProposed):
            at_ms = proposed.get(word.event.office, word.at_ms)
            proposed[word.event.office] = min(at_ms, word.at_ms)
    seated = {seat.entry_id: seat.since_ms for seat in room.seats}
    offices = seated.keys() | set(room.offices)
    return frozenset(
        office for office in offices if office not in proposed or seated.get(office, 0) < proposed[office]
    )


def standings_in(room: Room, words: Collection[Word]) -> Standings:
    """Return what offices are in a case that were not there from the beginning."""
    return standings_of(words, founders_of(room, words))


def is_guest(office: EntryId, room: Room, context: Context) -> bool:
    """Tell whether an office was let into a case as a guest."""
    words = context.companies.get(room.group_id, ())
    return bool(words) and standings_in(room, words).of(office) is Standing.GUEST


def agreed(
    returning: Mapping[GroupId, frozenset[EntryId]],
    rooms: Mapping[GroupId, Room],
    companies: Mapping[GroupId, tuple[Word, ...]],
) -> Mapping[GroupId, frozenset[EntryId]]:
    """Return of those that an officer lets into a case the ones whom nobody has to agree to any more."""
    return {
        group_id: offices - _not_agreed(rooms[group_id], companies.get(group_id, ()))
        for group_id, offices in returning.items()
        if group_id in rooms
    }


def _not_agreed(room: Room, words: Collection[Word]) -> frozenset[EntryId]:
    proposed = {word.event.office for word in words if isinstance(word.event, StandingProposed)}
    if not proposed:
        return frozenset()
    standings = standings_in(room, words)
    stay_out = {office for office in proposed if standings.of(office) in {None, Standing.OUT}}
    return frozenset(stay_out - founders_of(room, words))


def dismissed(room: Room, context: Context) -> frozenset[EntryId]:
    """Return the offices that the own office has taken out of a case."""
    words = context.companies.get(room.group_id)
    if not words:
        return frozenset()
    held = standings_in(room, words).held
    own = context.oneself.entry_id
    return frozenset(
        office
        for office, each in held.items()
        if each.said.standing is Standing.OUT and each.word.office == own
    )


def own_leaves(room: Room, context: Context) -> frozenset[DeviceId]:
    """Return the own office's devices that are in a room."""
    members = () if room.group is None else room.group.members
    return frozenset(map(device_of, members)) & _own_devices(context)


def _own_devices(context: Context) -> frozenset[DeviceId]:
    own = context.registry.devices_of(context.oneself.entry_id, context.now)
    return frozenset(each.entry.device_id for each in own)


def _takes_out(event: object) -> bool:
    return isinstance(event, CircleSet) or (
        isinstance(event, StandingProposed) and event.standing is Standing.OUT
    )


def _is_in_circle(device: Device, room: Room, context: Context, *, with_queued: bool) -> bool:
    words = context.companies.get(room.group_id)
    if not words:
        return True
    office = device.entry.entry_id
    circle = circle_of(words, office, context.registry, with_queued=with_queued)
    if not circle.officers:
        return True
    return device.entry.device_id in seats_of(circle.officers, office, context.registry, context.now)


def _in_its_case(room: Room, context: Context) -> frozenset[DeviceId] | None:
    """Return the own devices in the case of a circle's room; None where this device does not follow it."""
    case = context.rooms.get(GroupId(bytes.fromhex(room.subject)))
    if case is None or not case.is_followed_by(context.oneself.device_id):
        return None
    return frozenset(
        name for name in own_leaves(case, context) if may_stay(context.registry.devices[name], case, context)
    )


def _is_assigned(device: Device, room: Room, context: Context) -> bool | None:
    """Tell whether a liaison was assigned to the States of a case; None where nobody has said so here."""
    every = (word for words in context.companies.values() for word in words)
    assigned = states_of_liaisons(every).get(device.entry.who)
    if assigned is None:
        return None
    return _is_between(_offices(room, context), assigned, context)


def _is_between(offices: Iterable[EntryId], assigned: Collection[str], context: Context) -> bool:
    """A case is between States whose offices are in it; a body of no State makes it no other case."""
    own = context.states.get(context.oneself.entry_id)
    others = {context.states.get(office) for office in offices} - {own, None}
    return bool(others) and others <= set(assigned)


def _offices(room: Room, context: Context) -> frozenset[EntryId]:
    if room.group is None:
        return frozenset(room.offices)
    found = (context.registry.devices.get(device_of(member)) for member in room.group.members)
    return frozenset(each.entry.entry_id for each in found if each is not None)
