"""Words that hand over what a device has not: between the devices of one office, and to one that comes back.

Between its own devices an office hands histories and accepted keys, in the room that no other office is in.
An office that has enrolled anew is told in a case that it is back, and handed its history in a room of two.
"""

from dataclasses import replace
from hashlib import sha256
from typing import TypeAlias

from rogatory_client.engine.effect import Effect
from rogatory_client.engine.membership import offices_of
from rogatory_client.engine.partner_effect import AcceptPartner
from rogatory_client.engine.room import Context, Room
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.history import HistoryResealed, HistoryReturned, KeysAccepted, OfficeReturned
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import DeviceEntry
from rogatory_crypto.wire.identifier import EntryId

Handing: TypeAlias = HistoryResealed | HistoryReturned | KeysAccepted | OfficeReturned
# None: the opening has not reached this device yet, which an office's new device gets with the history.
OF_A_CASE = frozenset({None, CaseKind.CONSULTATION, CaseKind.REQUEST})


def follow_handing(
    event: Handing, room: Room, sender: DeviceEntry, at_ms: int | None, context: Context
) -> tuple[Room, tuple[Effect, ...]]:
    """Return the room after such a word, and what follows from it.

    Args:
        event: what was said.
        room: it was said in.
        sender: who said it.
        at_ms: when the relay took it in; None where it comes from an archive.
        context: whose devices are whose.

    Raises:
        PeerError: FORBIDDEN, naming who says it where he may not.
    """
    office = sender.entry_id
    match event:
        case HistoryResealed():
            require(is_home(room, office, context), "a history from outside of the own office")
            return of_office(room), ()
        case KeysAccepted():
            # Never by way of an archive, which another office may have handed back.
            at_home = at_ms is not None and is_home(room, office, context)
            require(at_home, "keys accepted from outside of the own office")
            return of_office(room), _accepted(event, sender, at_ms or 0, context)
        case OfficeReturned():
            return _returned(event, room, context), ()
        case HistoryReturned():
            _require_returned_to(room, office, context)
            return room, ()


def require(held: bool, rule: str) -> None:  # noqa: FBT001  # reads as the sentence it is
    """Raise FORBIDDEN with the rule unless it is held."""
    if not held:
        raise PeerError(Code.FORBIDDEN, rule)


def is_home(room: Room, office: EntryId, context: Context) -> bool:
    """Tell whether the own office says this in a room of its own, as far as this device knows the room."""
    return office == context.oneself.entry_id and room.kind in {None, CaseKind.OFFICE, CaseKind.CIRCLE}


def of_office(room: Room) -> Room:
    """Return the room as the office's own: a device that came later has not seen it opened."""
    return room if room.kind else replace(room, kind=CaseKind.OFFICE, subject="office")


def _accepted(event: KeysAccepted, sender: DeviceEntry, at_ms: int, context: Context) -> tuple[Effect, ...]:
    """Another device's officer has called: it counts for the keys he called about, and for no others."""
    office = context.registry.offices.get(event.office)
    if office is None or sha256(office.keys.encode()).digest() != event.keys_sha256:
        return ()
    return (AcceptPartner(event.office, at_ms // 1000, sender.officer),)


def _returned(event: OfficeReturned, room: Room, context: Context) -> Room:
    """Who comes back learns with the first word what it is in, as receipts hang on it; others know."""
    require(room.kind in OF_A_CASE, "an office comes back into a case, and into no other room")
    own = context.oneself.entry_id
    is_told = room.kind is None and event.office == own and context.registry.offices[own].anew
    return replace(room, kind=event.kind) if is_told else room


def _require_returned_to(room: Room, partner: EntryId, context: Context) -> None:
    own = context.oneself.entry_id
    offices = frozenset[EntryId]() if room.group is None else offices_of(room.group.members, context)
    is_for_it = room.kind is CaseKind.RETURN and partner != own and offices == {partner, own}
    require(is_for_it, f"{partner} hands a history back in a room that is not of the two offices alone")
