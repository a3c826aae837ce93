"""What is said in the office's own room, and what is read from it.

With one device there is nobody to say it to: it stays in the vault, and the next device is handed it as the
room's history when it comes. So staff change loses nothing.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import TypeVar

from rogatory_client.casework.mailbox.assigning import Said
from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.effect import Effect, Outcome
from rogatory_client.engine.office_work import OfficeWork
from rogatory_client.engine.outgoing_effect import Enqueue
from rogatory_client.engine.room import Room
from rogatory_client.office.company.circle_rooms import needs_circle_room, room_among_us
from rogatory_client.office.correspondence import Attached, Draft, begin_draft, post
from rogatory_client.office.desk import Desk
from rogatory_client.vault import office_work
from rogatory_client.vault.office_work import StoredWork
from rogatory_crypto.content import events
from rogatory_crypto.content.case_company import CircleRoom, LiaisonAssigned
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import event_part
from rogatory_crypto.content.message import Message
from rogatory_crypto.content.office_work import CaseAssigned, CaseNote
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import GroupId

GROUP_ID_BYTES = 32
_Event = TypeVar("_Event", bound=OfficeWork)
# Each list of thousands of cases says who works on them; of what else is said nothing stays in memory.
_assignment = lru_cache(maxsize=16_384)(events.decode)


def home_room(desk: Desk, case: GroupId | None = None) -> Room:
    """Return the office's own room, planned where there is none yet.

    Of a case that is limited to some officers is spoken in a room of their devices alone.

    Raises:
        MisuseError: this device has not been let into it yet.
    """
    about = None if case is None else desk.rooms.get(case)
    if about is not None and needs_circle_room(desk, about) and (among := room_among_us(desk, about)):
        return among
    if desk.office_room is not None:
        return desk.office_room
    context = desk.context()
    if not context.oneself.holds_office_key:
        raise MisuseError(
            "this device is not in the office's own room yet: synchronise here and at the device that holds "
            "the office's key"
        )
    group_id = GroupId(context.random(GROUP_ID_BYTES))
    return Room(group_id, CaseKind.OFFICE, "office", offices=(context.oneself.entry_id,))


def begin_at_home(desk: Desk, case: GroupId | None = None) -> tuple[Room, Draft]:
    """Begin a message to the office's other devices; errors as ``home_room``."""
    room = home_room(desk, case)
    return room, begin_draft(room.group_id, desk.context())


def written_at_home(
    room: Room, draft: Draft, said: Sequence[OfficeWork | LiaisonAssigned], attached: Sequence[Attached] = ()
) -> tuple[Message, Outcome]:
    """Return a message to the office's other devices, and what has to be written for it.

    Raises:
        MisuseError: the role of this device may not say it, or it fits into no message.
    """
    events_said = (*_opening(room), *said)
    message, outcome = post(room, draft, tuple(map(event_part, events_said)), attached)
    if room.stand is not None or room.kind is CaseKind.CIRCLE:
        return message, outcome
    kept = tuple(effect for effect in outcome.effects if not isinstance(effect, Enqueue))
    return message, Outcome(outcome.rooms, kept)


def _opening(room: Room) -> tuple[CircleRoom, ...]:
    """Who comes into a circle's room has not seen it opened: each word says what it is."""
    return (CircleRoom(GroupId(bytes.fromhex(room.subject))),) if room.kind is CaseKind.CIRCLE else ()


def say_at_home(
    desk: Desk, *said: OfficeWork, also: Sequence[Effect] = (), about: GroupId | None = None
) -> Message:
    """Say something to the office's other devices, in one transaction with ``also``; errors as above.

    ``about`` is the case of what does not name one itself.
    """
    case = next((each.case for each in said if isinstance(each, CaseNote | CaseAssigned)), about)
    room, draft = begin_at_home(desk, case)
    message, outcome = written_at_home(room, draft, said)
    desk.carry_out(merge_outcomes((outcome, Outcome((), tuple(also)))))
    return message


def said_at_home(
    desk: Desk, kind: type[_Event], about: bytes | None = None, *, among: Collection[bytes] | None = None
) -> tuple[Said[_Event], ...]:
    """Return all that was said of a kind, about one thing, some or all, oldest first."""
    with desk.vault.reading() as connection:
        rows = office_work.load_office_work(connection, (kind.NUMBER,), about, among)
    return tuple(said for row in rows if (said := _said(desk, row, kind)) is not None)


def _said(desk: Desk, row: StoredWork, kind: type[_Event]) -> Said[_Event] | None:
    event = _assignment(row.event) if kind is CaseAssigned else events.decode(row.event)
    if not isinstance(event, kind):
        return None
    role = desk.registry.devices[row.device_id].entry.role
    return Said(row.message_id, row.officer, role, row.at_ms, event)
