"""Rows that come in: through the engine in batches of one transaction, then reported as read.

Rows of a room whose change is staged wait until the relay has said what became of it, so that the staged
group and the living one never part; they are not reported as read and come again if the connection breaks.
"""

from collections.abc import Mapping, Sequence

from rogatory_client.engine.delivery import merge_outcomes, receive
from rogatory_client.engine.effect import Outcome
from rogatory_client.engine.room import Room
from rogatory_client.office.desk import Desk
from rogatory_client.office.trusting import learn_statements
from rogatory_crypto.errors import Code
from rogatory_crypto.wire.api import Feed, Relay
from rogatory_crypto.wire.frame import Deliver, Position, Read, Row
from rogatory_crypto.wire.identifier import GroupId


class Arrivals:
    """Rows of one connection."""

    def __init__(self, desk: Desk, relay: Relay, feed: Feed) -> None:
        self._desk = desk
        self._relay = relay
        self._feed = feed
        self._held: dict[GroupId, list[Row]] = {}

    @property
    def is_holding(self) -> bool:
        """Whether rows wait for the fate of a staged change."""
        return bool(self._held)

    async def take(self, delivered: Deliver) -> None:
        """Take rows in, or hold them."""
        room = self._desk.rooms.get(delivered.group_id)
        if room is not None and room.staged is not None:
            self._held.setdefault(delivered.group_id, []).extend(delivered.rows)
            return
        await self._process(delivered.group_id, delivered.rows)

    async def release(self) -> None:
        """Take in what was held, where nothing is staged any more."""
        for group_id in list(self._held):
            if self._desk.rooms[group_id].staged is None:
                await self._process(group_id, self._held.pop(group_id))

    async def _process(self, group_id: GroupId, rows: Sequence[Row]) -> None:
        if not rows:
            return
        rooms = dict(self._desk.rooms)
        outcomes: list[Outcome] = []
        for row in rows:
            outcome = await self._receive(rooms, group_id, row)
            rooms.update((room.group_id, room) for room in outcome.rooms)
            outcomes.append(outcome)
        self._desk.carry_out(merge_outcomes(outcomes))
        await self._feed.send(Read((Position(group_id, rows[-1].sequence),)))

    async def _receive(self, rooms: Mapping[GroupId, Room], group_id: GroupId, row: Row) -> Outcome:
        """A device may be added before its statement was pushed here: look, then judge again."""
        outcome = receive(rooms, group_id, row, self._desk.context())
        known = self._desk.registry.size
        if outcome.refused == Code.INVALID_CREDENTIAL.value:
            await learn_statements(self._desk, self._relay)
        if self._desk.registry.size > known:
            return receive(rooms, group_id, row, self._desk.context())
        return outcome
