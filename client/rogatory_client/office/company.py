"""Who is in a case: own officers, other offices by agreement, and liaisons for pairs of States."""

from collections.abc import Sequence

from rogatory_client.engine.room import Room
from rogatory_client.office import circles
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import offices_in
from rogatory_client.office.view import MessageView
from rogatory_crypto.wire.identifier import EntryId


def addressees_of(desk: Desk, room: Room) -> tuple[EntryId, ...]:
    """Return the offices that a request in a room is for: all others but guests."""
    return tuple(each for each in offices_in(room, desk) if each != desk.oneself.entry_id)


class CaseCompany:
    """Who is in a case."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def restrict(self, room: str, officers: Sequence[str]) -> MessageView:
        """Limit a case to officers of the own office, told by their functions; the own one is among them.

        Raises:
            MisuseError: none is named, one has no device, or the case is limited so already.
        """
        return circles.restrict(self._desk, room, officers)

    def unrestrict(self, room: str) -> MessageView:
        """Open a case to all devices of the own office again.

        Raises:
            MisuseError: it is not limited.
        """
        return circles.unrestrict(self._desk, room)
