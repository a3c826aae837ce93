"""Messages of several rooms as one transaction: what is common to them is worked out once.

Only rows that change nothing of what other rows are judged by can share one. What is worked out here is
nowhere else before it is kept, so a delivery that does not fit is left out whole, to be taken in by itself.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from rogatory_client.engine.delivery import receive
from rogatory_client.engine.effect import Effect, Outcome
from rogatory_client.engine.room import Context, Room
from rogatory_client.fault import VaultError
from rogatory_client.office.cached_tables import TOUCHED
from rogatory_client.office.desk import Desk
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire.frame import Deliver, Position
from rogatory_crypto.wire.identifier import GroupId, RowKind, Sequence

# What waits to be sent, and which rows of our own have come back, tells nothing about rows of others.
_OF_NO_OTHER: Final = frozenset({"outbox", "own_payloads"})


class JointArrivals:
    """One transaction in the making.

    Attributes:
        outcomes: of all rows that are in it.
        is_closed: whether these change what further rows are judged by.
    """

    def __init__(self, desk: Desk) -> None:
        self.outcomes: list[Outcome] = []
        self.is_closed = False
        self._desk = desk
        self._rooms: dict[GroupId, Room] = {}
        self._context: Context | None = None
        self._read: dict[GroupId, Sequence] = {}

    def add(self, delivered: Deliver) -> bool:
        """Take a delivery in with the others, or tell that it is to be taken in by itself."""
        if not delivered.rows:
            return True
        if delivered.group_id in self._desk.held_rooms or not _has_messages_alone(delivered):
            return False
        try:
            outcomes = self._received(delivered)
        except (PeerError, MisuseError, VaultError):
            return False  # it fails once more by itself, and takes nothing else with it
        if any(outcome.refused == Code.INVALID_CREDENTIAL.value for outcome in outcomes):
            return False  # the log may have to be looked at first
        self.is_closed = any(_changes_others(outcome, delivered.group_id) for outcome in outcomes)
        self.outcomes += outcomes
        self._read[delivered.group_id] = delivered.rows[-1].sequence
        return True

    @property
    def positions(self) -> tuple[Position, ...]:
        """What may be reported as read once it is on disk."""
        return tuple(Position(group_id, sequence) for group_id, sequence in self._read.items())

    def _received(self, delivered: Deliver) -> list[Outcome]:
        context = self._looked_at()
        outcomes: list[Outcome] = []
        for row in delivered.rows:
            outcome = receive(self._rooms, delivered.group_id, row, context)
            self._rooms.update((room.group_id, room) for room in outcome.rooms)
            outcomes.append(outcome)
        return outcomes

    def _looked_at(self) -> Context:
        """Return what rows are judged by: as it is when the first comes, with the rooms as they become."""
        if self._context is None:
            self._rooms = dict(self._desk.rooms)
            self._context = replace(self._desk.context(), rooms=self._rooms)
        return self._context


def _has_messages_alone(delivered: Deliver) -> bool:
    return all(row.kind is RowKind.APPLICATION for row in delivered.rows)


def _changes_others(outcome: Outcome, group_id: GroupId) -> bool:
    elsewhere = any(room.group_id != group_id for room in outcome.rooms)
    return elsewhere or not _tables(outcome.effects) <= _OF_NO_OTHER


def _tables(effects: Iterable[Effect]) -> set[str]:
    return {table for effect in effects for table in TOUCHED.get(type(effect), ())}
