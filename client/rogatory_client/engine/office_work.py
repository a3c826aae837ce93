"""Words of the office's own room: whose they are is judged here, what they come to in ``casework``.

Kept as they came, one row for each case, draft or officer that they are about; whatever is shown is read from
all of them anew.
"""

from typing import TypeAlias

from rogatory_client.engine.handing import is_home, of_office, require
from rogatory_client.engine.office_effect import SaveOfficeWork
from rogatory_client.engine.room import Context, Room
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.office_work import CaseAssigned, CaseNote, DeputySet, DraftMoved, DraftSaved
from rogatory_crypto.content.outgoing_release import ReleaseAnswered, ReleaseAsked, ReleasePolicySet
from rogatory_crypto.content.retention import CaseHeld, HoldLifted, PurgeConfirmed, PurgeProposed
from rogatory_crypto.wire.identifier import EntryId

OfficeWork: TypeAlias = (
    CaseNote
    | CaseAssigned
    | DeputySet
    | DraftSaved
    | DraftMoved
    | ReleasePolicySet
    | ReleaseAsked
    | ReleaseAnswered
    | CaseHeld
    | HoldLifted
    | PurgeProposed
    | PurgeConfirmed
)


def follow_office_work(
    event: OfficeWork, room: Room, message_id: MessageId, office: EntryId, context: Context
) -> tuple[Room, tuple[SaveOfficeWork, ...]]:
    """Return the room after such a word, and what is kept of it.

    Raises:
        PeerError: FORBIDDEN where it was said outside of the office's own room, or by another office.
    """
    require(is_home(room, office, context), "a word of the office's own, outside of its room")
    kept = SaveOfficeWork(message_id, event.NUMBER, subject_of(event), event.encode())
    return of_office(room), (kept,)


def subject_of(event: OfficeWork) -> bytes:
    """Return what an event is about: a case, a draft, an officer, what was put up, or the whole office."""
    match event:
        case CaseNote(case=about) | CaseAssigned(case=about) | ReleaseAsked(case=about):
            return about
        case CaseHeld() | HoldLifted() | PurgeProposed() | PurgeConfirmed():
            return event.case
        case DraftSaved(draft=draft) | DraftMoved(draft=draft):
            return draft
        case DeputySet():
            return event.officer.encode()
        case ReleaseAnswered():
            return event.asked
        case ReleasePolicySet():
            return b""
