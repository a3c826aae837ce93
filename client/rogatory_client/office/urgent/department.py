"""What officers do when time is short: press, note calls, go on from earlier cases, and be reminded."""

from collections.abc import Mapping

from rogatory_client.casework.deadlines.free_days import FreeDays, read_free_days
from rogatory_client.office import reading
from rogatory_client.office.cases import continuing
from rogatory_client.office.desk import Desk
from rogatory_client.office.urgent import escalating, oral_noting, reminding
from rogatory_client.office.urgent.oral_noting import Call
from rogatory_client.office.urgent.view import AlertView, EscalationView, LinkView, OralView, ReminderView
from rogatory_client.office.view import MessageView
from rogatory_client.vault.urgent_work import load_free_days, replace_free_days


class Urgent:
    """Part of an open office; see ``Office.urgent``. Steps and reminders are computed, and never stored."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def escalation(self, room: str) -> tuple[EscalationView, ...]:
        """Whom to turn to while an urgent request waits at each office asked, and what is due now.

        Args:
            room: id, beginning of it, or a reference.

        Raises:
            MisuseError: there is no such case, or nothing urgent was asked in it.
        """
        return escalating.escalation(self._desk, room)

    def to_press(self) -> tuple[EscalationView, ...]:
        """The own requests that wait and for which a step beyond the duty officer is due."""
        return escalating.all_due(self._desk)

    def alerts(self) -> tuple[AlertView, ...]:
        """Urgent requests of others that wait here, with whom the devices alert now."""
        return escalating.alerts(self._desk)

    def tell_secretariat(
        self, room: str, network: str | None = None, *, office: str | None = None
    ) -> MessageView:
        """Tell a secretariat that a request of this office waits: from whom, to whom, since when.

        Args:
            room: as for ``escalation``.
            network: code; the first by code that has both offices if None.
            office: at which it waits; may be None where that is only one.

        Raises:
            MisuseError: nothing waits, it is not for the secretariat yet, or there is none.
        """
        return escalating.tell_secretariat(self._desk, room, network, office)

    def note_call(self, room: str, call: Call) -> MessageView:
        """Note an oral request in its case (UNTOC 18(14)); both sides see by when it is to be confirmed.

        Raises:
            MisuseError: the case is informal, or a request is under way in it.
        """
        return oral_noting.note_in_case(self._desk, room, call)

    def begin_with_call(self, to: str, call: Call, subject: str, reference: str | None = None) -> MessageView:
        """Note an oral request as the beginning of a case.

        Raises:
            MisuseError: the office cannot be written to, or the note would not be valid.
        """
        return oral_noting.note_in_new_case(self._desk, to, call, subject, reference)

    def calls(self, room: str) -> tuple[OralView, ...]:
        """The oral requests noted in a case, with what confirms them."""
        return oral_noting.oral_views(self._desk, reading.room_of(self._desk, room))

    def presence_ended(
        self, room: str, told_on: str, *, agreed_days: int | None = None, note: str = ""
    ) -> MessageView:
        """Say that a person under safe conduct was told that the presence is no longer required (18(27)).

        Args:
            room: as for ``escalation``.
            told_on: the day, ``YYYY-MM-DD``.
            agreed_days: how long safe conduct lasts by agreement of the States; None for fifteen days.
            note: whom, in words.

        Raises:
            MisuseError: this is not the side that asked the person to come.
        """
        return oral_noting.presence_ended(self._desk, room, told_on, agreed_days, note)

    def links(self, room: str) -> tuple[LinkView, ...]:
        """From which cases a case goes on, and which go on from it."""
        return continuing.links_of(self._desk, reading.room_of(self._desk, room))

    def reminders(self) -> tuple[ReminderView, ...]:
        """What falls due for this office and what nobody here has acted upon since, soonest first."""
        return reminding.reminders(self._desk)

    def set_free_days(self, text: str) -> Mapping[str, FreeDays]:
        """Take up the free days of States from a file, TOML, and return all that are known now.

        Raises:
            MisuseError: it is no such file; nothing is changed.
        """
        given = read_free_days(text)
        with self._desk.vault.writing(erasing=False) as connection:
            replace_free_days(connection, given)
        return self.free_days()

    def free_days(self) -> Mapping[str, FreeDays]:
        """The free days that are known, by two-letter code of the State."""
        with self._desk.vault.reading() as connection:
            return load_free_days(connection)
