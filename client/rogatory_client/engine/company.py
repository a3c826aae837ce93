"""Words about who is in a case: where each may be said, and that it is kept.

What they come to is computed from all of them (``casework.company``), never from the order they came in.
"""

from dataclasses import replace
from typing import Final, TypeAlias

from rogatory_client.engine.company_effect import SaveCompany
from rogatory_client.engine.effect import Effect
from rogatory_client.engine.handing import OF_A_CASE, require
from rogatory_client.engine.room import Context, Room
from rogatory_crypto.content.case_company import CircleRoom, CircleSet, LiaisonAssigned, StandingProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.identity import DeviceEntry

CompanyEvent: TypeAlias = CircleSet | CircleRoom | StandingProposed | LiaisonAssigned
_AT_HOME: Final = frozenset({None, CaseKind.OFFICE})
_CIRCLE: Final = frozenset({None, CaseKind.CIRCLE})


def follow_company(
    event: CompanyEvent, room: Room, message_id: MessageId, sender: DeviceEntry, context: Context
) -> tuple[Room, tuple[Effect, ...]]:
    """Return the room after such a word, and what follows from it.

    Raises:
        PeerError: FORBIDDEN, where it may not be said.
    """
    is_own = sender.entry_id == context.oneself.entry_id
    match event:
        case CircleRoom(case=case):
            require(is_own and room.kind in _CIRCLE, "a circle's room of another office")
            require(case != room.group_id, "a circle's room that is its own case")
            return replace(room, kind=CaseKind.CIRCLE, subject=case.hex()), ()
        case LiaisonAssigned():
            require(is_own and room.kind in _AT_HOME, "a liaison assigned from outside of the own office")
        case CircleSet() | StandingProposed():
            require(room.kind in OF_A_CASE, "who is in a case, said outside of one")
    return room, (SaveCompany(message_id, room.group_id, event.encode()),)
