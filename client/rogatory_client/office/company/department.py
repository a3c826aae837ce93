"""Who is in a case: own officers, other offices by agreement, and liaisons for pairs of States."""

from collections.abc import Sequence

from rogatory_client.engine.seating import own_leaves
from rogatory_client.office.company import circles, inviting, liaisons
from rogatory_client.office.company.view import CompanyView, company_view
from rogatory_client.office.desk import Desk
from rogatory_client.office.reading import room_of
from rogatory_client.office.speaking import offices_named
from rogatory_client.office.view import MessageView
from rogatory_crypto.content.case_company import Standing
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId


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

    def invite(
        self, room: str, office: str, *, standing: str = "guest", with_history: bool = False
    ) -> MessageView:
        """Propose another office for a case, or agree to what another party has proposed about it.

        Args:
            room: id, beginning of an id, or reference.
            office: entry id.
            standing: ``guest`` or ``party``.
            with_history: whether it is handed what was said before; a party always is.

        Raises:
            MisuseError: it is in the case, or this office may not let anybody in.
        """
        if standing not in {Standing.GUEST, Standing.PARTY}:
            raise MisuseError("an office is let in as a guest or as a party")
        (entry,) = offices_named(self._desk, [office])
        return inviting.invite(self._desk, room, entry, Standing(standing), with_history=with_history)

    def dismiss(self, room: str, office: str) -> MessageView:
        """Take a guest out of a case, or a party that this office has brought in.

        Raises:
            MisuseError: it was not brought in, or by another office.
        """
        return inviting.dismiss(self._desk, room, EntryId(office.strip().upper()))

    def assign_liaison(self, officer: str, states: Sequence[str]) -> None:
        """Let a liaison see the cases with these States (ISO 3166-1 alpha-2) alone; only the head may.

        Raises:
            MisuseError: no liaison of this office has this function, or this device may not say it.
        """
        liaisons.assign(self._desk, officer, states)

    def own_devices(self, room: str) -> int:
        """How many devices of the own office are in a case."""
        return len(own_leaves(room_of(self._desk, room), self._desk.context()))

    def of(self, room: str) -> CompanyView:
        """Who is in a case: offices and what they are in it, the own circle, what waits for an agreement."""
        return company_view(self._desk, room_of(self._desk, room))
