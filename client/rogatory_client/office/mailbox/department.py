"""What officers say and see of the office's own work: notes, assignments, deputies, the shared inbox."""

from rogatory_client.casework.answers.text import says_something
from rogatory_client.office import reading
from rogatory_client.office.at_home import said_at_home, say_at_home
from rogatory_client.office.desk import Desk
from rogatory_client.office.mailbox import assigning, handing_cases, standing_in
from rogatory_client.office.mailbox.inbox import inbox_of
from rogatory_client.office.mailbox.view import (
    AssignmentView,
    DeputyView,
    HandedOverView,
    InboxView,
    NoteView,
)
from rogatory_client.office.officers import former_officer_named, officer_named
from rogatory_crypto.content.office_work import CaseNote
from rogatory_crypto.errors import MisuseError


class Mailbox:
    """Part of an open office; see ``Office.mailbox``. Nothing of it leaves the office."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def inbox(self) -> InboxView:
        """The shared inbox for this device's officer, with the cases of those for whom he stands in."""
        return inbox_of(self._desk)

    def note(self, room: str, text: str) -> NoteView:
        """Write an internal note on a case.

        Args:
            room: id, beginning of it, or a reference.
            text: at most 20,000 characters.

        Raises:
            MisuseError: there is no such case, the note says nothing, or this role writes none.
        """
        if not says_something(text):
            raise MisuseError("the note is empty: write something")
        found = reading.room_of(self._desk, room)
        assigning.require_case(found)
        said = say_at_home(self._desk, CaseNote(found.group_id, text))
        return next(each for each in self.notes(room) if each.message_id == said.message_id.hex())

    def notes(self, room: str) -> tuple[NoteView, ...]:
        """The internal notes on a case, oldest first.

        Raises:
            MisuseError: there is no such case.
        """
        group_id = reading.room_of(self._desk, room).group_id
        said = said_at_home(self._desk, CaseNote, group_id)
        views = (
            NoteView(each.message_id.hex(), group_id.hex(), each.at_ms, each.officer, each.event.text)
            for each in said
        )
        return tuple(sorted(views, key=lambda view: (view.at_ms, view.message_id)))

    def assignment(self, room: str) -> AssignmentView:
        """Who works on a case.

        Raises:
            MisuseError: there is no such case.
        """
        return assigning.assignment_view(self._desk, reading.room_of(self._desk, room).group_id)

    def assign(self, room: str, officer: str, *, reasons: str = "") -> AssignmentView:
        """Assign a case to an officer; this also decides between officers named at once.

        Args:
            room: as for ``note``.
            officer: function, or the beginning of it.
            reasons: why, for the office.

        Raises:
            MisuseError: no such case or officer, or he may not work on it.
        """
        named = officer_named(self._desk, officer)
        return assigning.assign(self._desk, reading.room_of(self._desk, room), named, reasons)

    def take(self, room: str, *, reasons: str = "") -> AssignmentView:
        """Take a case oneself; errors as ``assign``."""
        found = reading.room_of(self._desk, room)
        return assigning.assign(self._desk, found, self._desk.oneself.officer, reasons)

    def release(self, room: str, *, reasons: str = "") -> AssignmentView:
        """Leave a case to nobody; errors as ``assign``."""
        return assigning.assign(self._desk, reading.room_of(self._desk, room), None, reasons)

    def set_deputy(self, officer: str, deputy: str | None, first: str, last: str) -> DeputyView:
        """Say who stands in for an officer.

        Args:
            officer: who is absent; function, or the beginning of it.
            deputy: who stands in; None for nobody any more.
            first: day, ``YYYY-MM-DD``, on the office's own calendar.
            last: day, which is still included.

        Raises:
            MisuseError: no such officers or days; only the officer and the head say so.
        """
        return standing_in.set_deputy(self._desk, officer, deputy, first, last)

    def deputies(self) -> tuple[DeputyView, ...]:
        """All arrangements, and those that do not count with the reason."""
        return standing_in.deputies(self._desk)

    def hand_over_cases(self, leaver: str, successor: str, *, reasons: str = "") -> HandedOverView:
        """Give all open cases of one officer to another, in one transaction.

        Args:
            leaver: function of who works on them, in service or not.
            successor: who works on them from now on.
            reasons: why, for the office; at most 1,000 characters.

        Raises:
            MisuseError: no such officers, or the successor may not work on one of the cases; then none went.
        """
        return handing_cases.hand_over_cases(self._desk, leaver, successor, reasons)

    def still_assigned(self, officer: str) -> tuple[str, ...]:
        """The open cases that an officer works on, who may have left; ids.

        Raises:
            MisuseError: there never was such an officer.
        """
        named = former_officer_named(self._desk, officer)
        return tuple(room.group_id.hex() for room in handing_cases.load_of(self._desk, named))
