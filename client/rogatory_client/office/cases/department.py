"""What officers do about the state of a case: look at it, set it, decide, ask how far it is and answer."""

from collections.abc import Mapping, Sequence

from rogatory_client.engine.room import Room
from rogatory_client.office import reading
from rogatory_client.office.cases import deadlines as case_deadlines
from rogatory_client.office.cases import stating as case_stating
from rogatory_client.office.cases.digesting import digests
from rogatory_client.office.cases.every_deadline import every_deadline, every_deadline_file
from rogatory_client.office.cases.own_terms import set_own_term, term_views
from rogatory_client.office.cases.record import CASES, timeline_of
from rogatory_client.office.cases.showing import case_state_view
from rogatory_client.office.cases.stating import StateForm
from rogatory_client.office.cases.view import CaseStateView, DueView, TermView
from rogatory_client.office.company.hidden import hidden_rooms
from rogatory_client.office.desk import Desk
from rogatory_client.office.view import MessageView


class Cases:
    """Part of an open office; see ``Office.cases``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def state(self, room: str) -> CaseStateView:
        """Where a case stands, and what this side may set next.

        Raises:
            MisuseError: there is no such case, or it is no case.
        """
        return self._state(reading.room_of(self._desk, room))

    def conflicts(self) -> tuple[CaseStateView, ...]:
        """The cases in which an officer has to decide between changes that cannot both be."""
        hidden = hidden_rooms(self._desk)
        every = (room for room in self._desk.rooms.values() if room.group_id not in hidden)
        rooms = [room for room in every if room.kind in CASES]
        known = digests(self._desk, rooms)
        there = (room for room in rooms if known[room.group_id].in_conflict)
        return tuple(view for view in map(self._state, there) if view.conflict)

    def _state(self, room: Room) -> CaseStateView:
        desk, oneself = self._desk, self._desk.oneself
        role = desk.registry.devices[oneself.device_id].entry.role
        return case_state_view(room.group_id, timeline_of(desk, room), oneself.entry_id, role)

    def set_state(
        self,
        room: str,
        state: str,
        *,
        reasons: str = "",
        points: Sequence[str] = (),
        ground: str | None = None,
        consultation: str | None = None,
        message: str | None = None,
        confidentiality: str | None = None,
        due: str | None = None,
        text: str = "",
        line: str | None = None,
    ) -> MessageView:
        """Set the state of a case, signed by this device where the case is formal.

        Args:
            room: as for ``state``.
            state: word of the life cycle.
            reasons: of a refusal, a postponement, a return or a withdrawal.
            points: questions, conditions, deficiencies, or what is still open.
            ground: of a refusal, such as ``essential_interests``.
            consultation: the message by which it was discussed before.
            message: the one that holds the result or the answer.
            confidentiality: ``can_keep``, ``cannot_keep`` or ``not_asked``.
            due: day of the review, or by which an answer is wished; ``YYYY-MM-DD``.
            text: a covering note.
            line: the office it is for, where several are asked; all if none is named.

        Raises:
            MisuseError: every receiver would take it for not valid; says why.
        """
        form = StateForm(
            *(state, reasons, tuple(points), ground, consultation, message, confidentiality, due, text),
            line=line,
        )
        return case_stating.set_state(self._desk, room, form, settling=False)

    def settle(
        self, room: str, state: str, *, reasons: str = "", text: str = "", line: str | None = None
    ) -> MessageView:
        """Decide for one of several changes that cannot both be.

        Args:
            room: as for ``state``.
            state: the one that is to be.
            reasons: why.
            text: a covering note.
            line: the office asked with which it is settled, where it is to be with several.

        Raises:
            MisuseError: there is nothing to decide, or not for this side.
        """
        form = StateForm(state, reasons, text=text, line=line)
        return case_stating.set_state(self._desk, room, form, settling=True)

    def enquire(self, room: str, *, due: str | None = None, text: str = "") -> MessageView:
        """Ask how far a request is (UNTOC 18(24)).

        Raises:
            MisuseError: this is not the side that has made the request.
        """
        return case_stating.enquire(self._desk, room, due, text)

    def answer_enquiry(
        self, room: str, progress: str, *, enquiry: str | None = None, expected: str | None = None
    ) -> MessageView:
        """Answer an enquiry about progress, the newest without an answer if none is named.

        Raises:
            MisuseError: there is none, or this is not the side to answer.
        """
        return case_stating.answer_enquiry(self._desk, room, progress, enquiry, expected)

    def tell_progress(self, room: str, progress: str, *, expected: str | None = None) -> MessageView:
        """Tell how far a request is without being asked, and by when it is expected to be done.

        Raises:
            MisuseError: there is none, or this is not the side to tell.
        """
        return case_stating.tell_progress(self._desk, room, progress, expected)

    def set_deadline(
        self, room: str, what: str, due: str, *, acts: str | None = None, basis: str = ""
    ) -> MessageView:
        """Say by the end of which day an office, the own one if none is named, has to do something."""
        return case_stating.set_deadline(self._desk, room, what, due, acts, basis)

    def withdraw_deadline(self, room: str, deadline: str, *, reasons: str = "") -> MessageView:
        """Take back a deadline that the own office has set.

        Raises:
            MisuseError: there is none, or another office has set it.
        """
        return case_stating.withdraw_deadline(self._desk, room, deadline, reasons)

    def deadlines(
        self, room: str | None = None, configured: Mapping[str, str] | None = None
    ) -> tuple[DueView, ...]:
        """What is due in a case, or in all, soonest first.

        Args:
            room: as for ``state``; None for all cases.
            configured: terms that the office or a treaty fixes, such as ``5 working days``, by what is due.

        Raises:
            MisuseError: there is no such case, a term is none, or a convention fixes it.
        """
        if room is None and not configured:
            return every_deadline(self._desk)
        return case_deadlines.deadlines(self._desk, room, configured or {})

    def terms(self) -> tuple[TermView, ...]:
        """How long everything may take that is due by a rule, and as this office has set it."""
        return term_views(self._desk)

    def set_term(self, what: str, term: str | None) -> tuple[TermView, ...]:
        """Set how long something may take, such as ``3 working days``; None for the usual term.

        Register, inbox, reminders and calendars of this device count by it from then on.

        Raises:
            MisuseError: nothing is due under that name, a convention fixes it, or the term is none.
        """
        set_own_term(self._desk, what, term)
        return self.terms()

    def calendar(
        self,
        room: str | None = None,
        configured: Mapping[str, str] | None = None,
        *,
        referenced: bool = False,
    ) -> bytes:
        """The same as an iCalendar file (RFC 5545), which names no case unless ``referenced``."""
        if room is None and not configured:
            return every_deadline_file(self._desk, referenced=referenced)
        return case_deadlines.calendar(self._desk, room, configured or {}, referenced=referenced)
