"""Which rooms may have something to do now: most of thousands rest, and are passed over at every frame.

A room is looked at when it has changed or something of it waits, and all are when what they are judged by has
changed: devices and offices, what officers have decided, the hour. Nothing is said in a room unseen.
"""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from rogatory_client.engine.outbox import MAX_SEALED_AT_ONCE
from rogatory_client.engine.outgoing_effect import Parcel
from rogatory_client.engine.room import Room
from rogatory_client.engine.seating import case_behind
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.claims import origin_in, settle
from rogatory_client.vault.outgoing import Waiting
from rogatory_crypto.content import mimi
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import DeviceId, GroupId, SubmissionId

_HOUR_S = 3_600


@dataclass(slots=True)
class Visiting:
    """What was seen of the rooms of a desk over one connection."""

    desk: Desk
    _judged_by: Hashable = None
    # The things themselves, told apart by identity: an address alone may come to be that of another thing.
    _decided: tuple[object, ...] = ()
    _seen: dict[GroupId, tuple[Room | None, ...]] = field(default_factory=dict)
    _log: tuple[int, Hashable] = (-1, None)
    _indexed: list[Waiting] | None = None
    _parcels: dict[GroupId, list[Parcel]] = field(default_factory=dict)
    _by_submission: dict[SubmissionId, Parcel] = field(default_factory=dict)
    _from_drafts: list[Parcel] = field(default_factory=list)
    _known: dict[MessageId, bool] = field(default_factory=dict)
    _undecided: frozenset[MessageId] = frozenset()

    def parcels_of(self, group_id: GroupId) -> list[Parcel]:
        """Return what waits for a room and can be sent, oldest first."""
        self._index()
        found = self._parcels.get(group_id, [])
        return list(takewhile(self._may_leave, found)) if self._undecided else found

    @property
    def is_undecided(self) -> bool:
        """Whether a request waits until it is known who sends its draft."""
        return bool(self._undecided)

    def _may_leave(self, parcel: Parcel) -> bool:
        return parcel.message_id not in self._undecided

    def _judge_drafts(self) -> None:
        """Find out anew which requests have to wait; those that have come too late leave the outbox."""
        self._index()
        self._undecided = settle(self.desk, self._from_drafts) if self._from_drafts else frozenset()
        self._index()

    def _is_begun_for_them(self, room: Room) -> bool:
        """Tell whether a room is still to be made for a request that has to wait."""
        found = self._parcels.get(room.group_id, [])
        return room.stand is None and not all(map(self._may_leave, found))

    def submitted(self, submission_id: SubmissionId) -> Parcel | None:
        """Return what was submitted under an id, if it waits for the relay's answer still."""
        self._index()
        return self._by_submission.get(submission_id)

    def _index(self) -> None:
        """Look through the outbox once for each time that it has changed."""
        if self._indexed is self.desk.waiting:
            return
        self._indexed, self._parcels, self._by_submission = self.desk.waiting, {}, {}
        self._from_drafts = []
        for each in self.desk.waiting:
            parcel = each.parcel
            if parcel.submission_id is not None:
                self._by_submission[parcel.submission_id] = parcel
            if each.failure is None:
                self._parcels.setdefault(parcel.group_id, []).append(parcel)
                if self._is_from_draft(parcel):
                    self._from_drafts.append(parcel)

    def _is_from_draft(self, parcel: Parcel) -> bool:
        known = self._known.get(parcel.message_id)
        if known is None:
            known = origin_in(mimi.decode(parcel.content)) is not None
            self._known[parcel.message_id] = known
        return known

    def due(
        self, in_flight: Collection[SubmissionId], unavailable: Collection[DeviceId], *, caught_up: bool
    ) -> Iterable[GroupId]:
        """Return the rooms to look at, in the order of the desk.

        Args:
            in_flight: what the relay has not answered yet.
            unavailable: devices that cannot be added for now.
            caught_up: before that only what is staged moves.
        """
        rooms = self.desk.rooms
        if not caught_up:
            return [group_id for group_id, room in rooms.items() if room.staged is not None]
        self._judge_drafts()
        judged_by, decided = (
            (self._circumstances(), len(unavailable)),
            (self.desk.returns, self.desk.companies),
        )
        if judged_by != self._judged_by or not _are_same(decided, self._decided):
            self._judged_by, self._decided = judged_by, decided
            self._seen.clear()
        waiting = {group_id for group_id in self._waiting_groups() if self._has_unsent(group_id, in_flight)}
        return [
            group_id
            for group_id, room in rooms.items()
            if (
                room.staged is not None
                or group_id in waiting
                or not _are_same(self._looked_at(room), self._seen.get(group_id, ()))
            )
            and not (self._undecided and self._is_begun_for_them(room))
        ]

    def saw(self, group_id: GroupId) -> None:
        """Note that all that could be done in a room now was done."""
        room = self.desk.rooms.get(group_id)
        if room is not None:
            self._seen[group_id] = self._looked_at(room)

    def forget(self, group_id: GroupId) -> None:
        """Look at a room again: what was in its way is gone."""
        self._seen.pop(group_id, None)

    def _looked_at(self, room: Room) -> tuple[Room | None, ...]:
        """Return what a room is judged by: itself, and the case whose devices are to be in it."""
        case = case_behind(room)
        return room, None if case is None else self.desk.rooms.get(case)

    def _waiting_groups(self) -> Collection[GroupId]:
        self._index()
        return self._parcels

    def _has_unsent(self, group_id: GroupId, in_flight: Collection[SubmissionId]) -> bool:
        first = self.parcels_of(group_id)[:MAX_SEALED_AT_ONCE]
        return any(each.submission_id is None or each.submission_id not in in_flight for each in first)

    def _circumstances(self) -> Hashable:
        desk = self.desk
        return (
            self._listed(),
            desk.surroundings.now() // _HOUR_S,
            desk.office_room is not None,
            desk.office_private is not None,
            desk.split is not None,
            desk.unaccepted,
            desk.changed,
            desk.known_snapshot,
        )

    def _listed(self) -> Hashable:
        """Return how all devices stand; looked at again only when the log has grown."""
        desk = self.desk
        if self._log[0] != desk.replica.size:
            devices = desk.registry.devices.items()
            standing = frozenset((each, held.revoked_at, held.not_after) for each, held in devices)
            self._log = (desk.replica.size, standing)
        return self._log[1]


def _are_same(now: tuple[object, ...], then: tuple[object, ...]) -> bool:
    return len(now) == len(then) and all(each is former for each, former in zip(now, then, strict=True))
