"""A case whose room this device cannot go on in, founded again: same offices, same subject, another room.

A member can make a change that others must refuse, and so end the room for them: nothing in MLS forbids it.
Whoever is left behind asks to be taken in again (``engine.recovery``); if nobody does, an officer founds the
case again, without whom he does not want there. What was said stays in the former room.
"""

from collections.abc import Collection, Sequence
from typing import Final

from rogatory_client.engine import recovery
from rogatory_client.engine.effect import Happening, Outcome
from rogatory_client.engine.outgoing_effect import FailParcel
from rogatory_client.engine.room import Room
from rogatory_client.office import reading, speaking
from rogatory_client.office.company.circles import current_circle, functions_of
from rogatory_client.office.desk import Desk
from rogatory_client.office.plain_words import subject_anew
from rogatory_client.office.view import MessageView, RoomState, RoomView
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.statement import officer_told_apart

_CASES: Final = frozenset({CaseKind.CONSULTATION, CaseKind.REQUEST})
_OVER: Final = frozenset({RoomState.CUT_OFF, RoomState.CLOSED, RoomState.LEFT})
_NEVER_SAID: Final = (
    "it was never sent, as the room had ended before: say it in the case that was founded again"
)


def refound(desk: Desk, name: str, text: str, without: Collection[str] = ()) -> MessageView:
    """Open a new room for a case that this device cannot go on in, and fail what waits in the former one.

    Args:
        desk: of the office.
        name: id, beginning of an id, or reference.
        text: what is said first.
        without: entry ids of offices that are not to be in it again.

    Raises:
        MisuseError: the case goes on, is none, or nobody would be in it.
    """
    room = reading.room_of(desk, name)
    view = reading.room(desk, name)
    if room.kind not in _CASES or view.state not in _OVER:
        raise MisuseError("the case goes on where it is: only one that has ended here is founded again")
    founded = speaking.start_consultation(
        desk,
        _addressees(desk, view, without),
        subject_anew(room.subject),
        text,
        _own_reference(desk, view),
        (),
        _circle(desk, room),
    )
    _fail_waiting(desk, room)
    return founded


def _addressees(desk: Desk, view: RoomView, without: Collection[str]) -> Sequence[str]:
    unwanted = {each.strip().upper() for each in without}
    if unknown := unwanted - set(view.offices):
        raise MisuseError(f"{', '.join(sorted(unknown))} was not in the case")
    found = [each for each in view.offices if each not in unwanted and each != desk.oneself.entry_id]
    if not found:
        raise MisuseError("nobody else would be in the case: start a consultation with whom you want")
    return found


def _circle(desk: Desk, room: Room) -> tuple[str, ...]:
    """A case that was limited is founded again for the same officers, as far as they have devices."""
    functions = functions_of(desk)
    return tuple(
        each for each in current_circle(desk, room).officers if officer_told_apart(each) in functions
    )


def _own_reference(desk: Desk, view: RoomView) -> str | None:
    return view.references.get(desk.oneself.entry_id)


def _fail_waiting(desk: Desk, room: Room) -> None:
    """What waits was written for another room; what asks for help in it still may."""
    waiting = [each.parcel for each in desk.waiting if each.parcel.group_id == room.group_id]
    unsaid = [each for each in waiting if not recovery.is_report(each)]
    effects = tuple(FailParcel(each.number, _NEVER_SAID) for each in unsaid)
    told = (Happening("warning", room.group_id, None, f"{len(unsaid)} messages: {_NEVER_SAID}"),)
    desk.carry_out(Outcome((), effects, told if unsaid else ()))
