"""How messages arrive, asked by message or by case: computed from evidence each time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from rogatory_client.engine.delivery_effect import Unreadable
from rogatory_client.engine.delivery_state import Stage
from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.engine.room import Room
from rogatory_client.engine.unreadable import MAX_REPORTS
from rogatory_client.office import reading
from rogatory_client.office.deliveries import terms as delivery_terms
from rogatory_client.office.deliveries.attachment_resending import resend_attachment
from rogatory_client.office.deliveries.duties import unopened
from rogatory_client.office.deliveries.showing import Tracked, delivery_view
from rogatory_client.office.deliveries.view import (
    CaseDeliveriesView,
    DeliveryView,
    TermsView,
    UnreadableView,
)
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import offices_in
from rogatory_client.office.view import AttachmentView, Progress
from rogatory_client.transport import Line
from rogatory_client.vault import archive, unreadable
from rogatory_client.vault import deliveries as stored
from rogatory_client.vault.archive import StoredMessage, read_message
from rogatory_client.vault.outgoing import Waiting
from rogatory_client.vault.unreadable import Asked
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import Code
from rogatory_crypto.wire.identifier import GroupId

_AT_ONCE: Final = 500
_OfRoom = TypeVar("_OfRoom", DeliveryView, UnreadableView)


class Deliveries:
    """Part of an open office; see ``Office.deliveries``."""

    def __init__(self, desk: Desk, line: Line) -> None:
        self._desk = desk
        self._line = line

    def of_message(self, message: str) -> DeliveryView:
        """Return how far a message has come with each office it is for.

        Raises:
            MisuseError: there is no message whose id begins so, or more than one.
        """
        row = reading.stored_message(self._desk, message)
        (view,) = self._views([row])
        return view

    def of_case(self, name: str) -> CaseDeliveriesView:
        """Return how far each message of a case has come, and what cannot be read here.

        Raises:
            MisuseError: there is no such case, or more than one.
        """
        desk = self._desk
        room = reading.room_of(desk, name)
        with desk.vault.reading() as connection:
            rows = archive.timeline(connection, room.group_id, None)
        return CaseDeliveriesView(
            room.group_id.hex(),
            room.subject,
            tuple(self._views(rows)),
            self.unreadable(room.group_id.hex()),
        )

    def troubled(self) -> tuple[CaseDeliveriesView, ...]:
        """Return what is late, was stated as failed, or cannot be read here, of all cases."""
        desk = self._desk
        least_s = min(each.delivery_warning_s for each in delivery_terms.terms_of_office(desk))
        unread = _by_room(self.unreadable())
        late = _by_room(self._in_trouble(unopened(desk, desk.context(), least_s)))
        rooms = {room.group_id.hex(): room for room in desk.rooms.values()}
        return tuple(
            CaseDeliveriesView(
                name, rooms[name].subject, tuple(late.get(name, ())), tuple(unread.get(name, ()))
            )
            for name in sorted({*late, *unread} & set(rooms))
        )

    def _in_trouble(self, found: Mapping[GroupId, Sequence[MessageId]]) -> Iterator[DeliveryView]:
        names = [name for room, names in found.items() if room in self._desk.rooms for name in names]
        for first in range(0, len(names), _AT_ONCE):
            with self._desk.vault.reading() as connection:
                rows = archive.named(connection, names[first : first + _AT_ONCE])
            for view in self._views(rows):
                if any(each.late or each.failed for each in view.recipients):
                    yield view

    def unreadable(self, room_id: str | None = None) -> tuple[UnreadableView, ...]:
        """Return what this device could not open, of one room by its whole id or of all, and who must act."""
        desk = self._desk
        with desk.vault.reading() as connection:
            rows = unreadable.load_unreadable(connection)
        return tuple(
            _unreadable(desk, desk.rooms[each.group_id], each)
            for each in rows.values()
            if each.group_id in desk.rooms and room_id in {None, each.group_id.hex()}
        )

    def terms(self) -> tuple[TermsView, TermsView]:
        """Return how long evidence is waited for: usually, and in urgent cases."""
        usual, urgent = delivery_terms.terms_of_office(self._desk)
        return (
            TermsView(urgent=False, delivery_s=usual.delivery_s, opening_s=usual.opening_s),
            TermsView(urgent=True, delivery_s=urgent.delivery_s, opening_s=urgent.opening_s),
        )

    def set_terms(
        self, *, urgent: bool, delivery_h: int | None = None, opening_h: int | None = None
    ) -> tuple[TermsView, TermsView]:
        """Set how many whole hours evidence is waited for; what is None stays.

        Raises:
            MisuseError: it is less than an hour or more than 30 days, or opening is not longer than delivery.
        """
        delivery_terms.set_terms(self._desk, urgent=urgent, delivery_h=delivery_h, opening_h=opening_h)
        return self.terms()

    async def resend_attachment(
        self, message: str, number: int, file: Path, *, progress: Progress | None = None
    ) -> AttachmentView:
        """Bring a file of an own message to the relay again, where it holds it no more.

        Raises:
            MisuseError: another office has sent the message, or it is not the very file.
        """
        return await resend_attachment(self._desk, self._line, message, number, file, progress)

    def _views(self, rows: Sequence[StoredMessage]) -> list[DeliveryView]:
        desk = self._desk
        messages = [read_message(row) for row in rows]
        names = [each.message_id for each in messages]
        groups = {each.group_id for each in messages}
        terms = delivery_terms.terms_of(desk, groups)
        waiting = {each.parcel.message_id: each for each in desk.waiting}
        with desk.vault.reading() as connection:
            evidence = stored.load_evidence(connection, names)
            stated = stored.load_non_deliveries(connection, names, desk.registry)
            sealed_for = stored.load_addressees(connection, names)
            again = unreadable.said_again_at(connection, names)
            asked = unreadable.asked_for(connection, groups)
        return [
            delivery_view(
                Tracked(
                    row=row,
                    recipients=delivery_terms.recipients_of(
                        desk, desk.rooms[each.group_id], each, sealed_for.get(each.message_id)
                    ),
                    reached=_reached(each.sequence, waiting.get(each.message_id)),
                    evidence=evidence.get(each.message_id, []),
                    stated=stated.get(each.message_id, []),
                    sealed_for=sealed_for.get(each.message_id, frozenset()),
                    asked=_asked(each, asked),
                    terms=terms[each.group_id] if each.formal else None,
                    rejected=_rejected(waiting.get(each.message_id)),
                    said_again_ms=again.get(each.message_id),
                ),
                desk,
            )
            for row, each in zip(rows, messages, strict=True)
        ]


def _by_room(views: Iterable[_OfRoom]) -> dict[str, list[_OfRoom]]:
    found: dict[str, list[_OfRoom]] = {}
    for each in views:
        found.setdefault(each.room_id, []).append(each)
    return found


def _asked(
    message: ArchivedMessage, asked: Mapping[tuple[GroupId, int], tuple[Asked, ...]]
) -> tuple[Asked, ...]:
    is_known = message.own and message.sequence is not None
    return asked.get((message.group_id, message.sequence or 0), ()) if is_known else ()


def _reached(sequence: int | None, waiting: Waiting | None) -> Stage:
    if sequence is not None:
        return Stage.RELAYED
    return Stage.QUEUED if waiting is None or waiting.parcel.payload is None else Stage.SUBMITTED


def _rejected(waiting: Waiting | None) -> str | None:
    return None if waiting is None else waiting.failure


def _unreadable(desk: Desk, room: Room, row: Unreadable) -> UnreadableView:
    return UnreadableView(
        room_id=row.group_id.hex(),
        sequence=row.sequence,
        at_ms=row.at_ms,
        code=row.code,
        reported_at=row.reported_at,
        reports=row.reports,
        text=_who_must(desk, room, row),
    )


def _who_must(desk: Desk, room: Room, row: Unreadable) -> str:
    own = desk.oneself.entry_id
    others = " or ".join(office for office in offices_in(room, desk) if office != own) or own
    begun = "NOT READABLE here"
    if row.code == Code.REPLAYED.value:
        begun += " (or shown twice by the relay)"
    if not room.is_followed_by(desk.oneself.device_id):
        return f"{begun}: first this device must be taken into the case again, by another member"
    if row.reported_at is None:
        return f"{begun}: the others are told with the next `rogatory sync`"
    if row.reports < MAX_REPORTS:
        return f"{begun}: {others}, whoever has sent it, must run `rogatory sync`; it is said again by itself"
    return f"{begun}: nobody has said it again; call {others} and ask what was sent then"
