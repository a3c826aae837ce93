"""Rows that come in: through the engine in batches of one transaction, then reported as read.

Messages of several rooms are one transaction (``joint_arrivals``); what changes a room, or what others are
judged by, is one for itself.

Rows of a room whose change is staged wait until the relay has said what became of it, so that the staged
group and the living one never part; they are not reported as read and come again if the connection breaks.
Rows of a room that cannot be joined now wait in the vault and are reported as read, as that may last.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rogatory_client.engine import held_row
from rogatory_client.engine.acknowledging import acknowledge
from rogatory_client.engine.delivery import merge_outcomes, receive, refuse
from rogatory_client.engine.effect import Outcome
from rogatory_client.engine.held_row import HeldRoom
from rogatory_client.engine.large_tree import tree_wanted
from rogatory_client.engine.room import Context, Room
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.duplicates import tell_duplicates
from rogatory_client.office.line.joint_arrivals import JointArrivals
from rogatory_client.office.line.tree_transfer import fetch_tree
from rogatory_client.office.line.trusting import follow_log, learn_trust
from rogatory_client.vault import held_rows
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.api import Feed, Relay, Session
from rogatory_crypto.wire.frame import Deliver, Position, Read, Row
from rogatory_crypto.wire.identifier import GroupId, RowKind

# A tree that is not there yet, cannot be read or arrives damaged may be there and whole the next time.
_MAY_COME_BACK: Final = frozenset(
    {Code.NOT_FOUND, Code.INTERNAL, Code.WRONG_LENGTH, Code.WRONG_OFFSET, Code.DECRYPTION_FAILED}
)

# How a proof by newer witnesses or a newer key of the log looks to who does not know them yet.
_BY_THE_POLICY: Final = frozenset({Code.FORBIDDEN.value, Code.BAD_SIGNATURE.value})


class Arrivals:
    """Rows of one connection."""

    def __init__(self, desk: Desk, relay: Relay, session: Session, feed: Feed) -> None:
        self._desk = desk
        self._relay = relay
        self._session = session
        self._feed = feed
        self._held: dict[GroupId, list[Row]] = {}

    @property
    def is_holding(self) -> bool:
        """Whether rows wait for the fate of a staged change."""
        return bool(self._held)

    async def take(self, deliveries: Sequence[Deliver]) -> None:
        """Take rows in, or hold them; what cannot be taken in leaves what came before it taken in."""
        joint = JointArrivals(self._desk)
        for delivered in deliveries:
            room = self._desk.rooms.get(delivered.group_id)
            if room is not None and room.staged is not None:
                self._held.setdefault(delivered.group_id, []).extend(delivered.rows)
            elif not joint.add(delivered):
                await self._keep(joint)
                joint = JointArrivals(self._desk)
                await self._process(delivered.group_id, delivered.rows)
            elif joint.is_closed:
                await self._keep(joint)
                joint = JointArrivals(self._desk)
        await self._keep(joint)

    async def _keep(self, joint: JointArrivals) -> None:
        if joint.positions:
            self._carry_out(joint.outcomes)
            await self._feed.send(Read(joint.positions))

    def holds(self, group_id: GroupId, payload: bytes) -> bool:
        """Tell whether a row that is held is this very message."""
        return any(row.payload == payload for row in self._held.get(group_id, ()))

    async def release(self) -> bool:
        """Take in what was held, where nothing is staged any more; tell whether there was any."""
        free = [group_id for group_id in self._held if self._desk.rooms[group_id].staged is None]
        for group_id in free:
            await self._process(group_id, self._held.pop(group_id))
        return bool(free)

    async def try_held(self) -> None:
        """Ask again for the trees that were not to be had, and take in what waits for them."""
        desk = self._desk
        desk.carry_out(held_row.expire(desk.held_rooms, desk.surroundings.now()))
        for group_id in list(desk.held_rooms):
            with desk.vault.reading() as connection:
                rows = held_rows.load_held_rows(connection, group_id)
            outcomes, waiting = await self._take_in(group_id, rows, waits=False)
            if len(waiting) == len(rows):
                told = held_row.still_waiting(group_id, accused=desk.split is not None)
                desk.happenings.append(told)
                continue
            # What waits on, behind another Welcome, is written anew.
            others = {each: room for each, room in desk.held_rooms.items() if each != group_id}
            self._finish(group_id, (held_row.release(group_id), *outcomes), waiting, others)

    async def _process(self, group_id: GroupId, rows: Sequence[Row]) -> None:
        if not rows:
            return
        waits = group_id in self._desk.held_rooms
        outcomes, waiting = await self._take_in(group_id, rows, waits=waits)
        self._finish(group_id, outcomes, waiting, self._desk.held_rooms)
        await self._feed.send(Read((Position(group_id, rows[-1].sequence),)))

    def _finish(
        self,
        group_id: GroupId,
        outcomes: Sequence[Outcome],
        waiting: Sequence[Row],
        held: Mapping[GroupId, HeldRoom],
    ) -> None:
        if waiting:
            now, accused = self._desk.surroundings.now(), self._desk.split is not None
            kept = held_row.hold(held, group_id, waiting, now, accused=accused)
            outcomes = (*outcomes, kept)
        self._carry_out(outcomes)

    def _carry_out(self, outcomes: Iterable[Outcome]) -> None:
        taken_in = acknowledge(merge_outcomes(outcomes), self._desk.context())
        self._desk.carry_out(taken_in)
        tell_duplicates(self._desk, taken_in.effects)

    async def _take_in(
        self, group_id: GroupId, rows: Sequence[Row], *, waits: bool
    ) -> tuple[list[Outcome], list[Row]]:
        """Return what came of the rows, and those that wait for a tree; another Welcome may end that."""
        rooms = dict(self._desk.rooms)
        outcomes: list[Outcome] = []
        waiting: list[Row] = []
        for row in rows:
            is_tried = not waits or row.kind is RowKind.WELCOME
            outcome = await self._receive(rooms, group_id, row) if is_tried else None
            if outcome is None:
                waits = True
                waiting.append(row)
                continue
            if waits and outcome.rooms and outcome.refused is None:
                waits, waiting = False, []
                outcomes.append(held_row.release(group_id))
            rooms.update((room.group_id, room) for room in outcome.rooms)
            outcomes.append(outcome)
        return outcomes, waiting

    async def _receive(self, rooms: Mapping[GroupId, Room], group_id: GroupId, row: Row) -> Outcome | None:
        """Take a row in; None if it is a Welcome that may be right, but not now."""
        context, room = self._desk.context(), rooms.get(group_id, Room(group_id))
        if held_row.awaits_officer(room, row, context):
            return None
        place = tree_wanted(room, row, context)
        tree: bytes | None = None
        if place is not None:
            try:
                tree = await fetch_tree(self._session, place)
            except PeerError as error:
                if error.code in _MAY_COME_BACK:
                    return None
                if error.code is not Code.TOO_LARGE:
                    raise
                return refuse(rooms, group_id, row, error, context)
        return await self._judge(rooms, group_id, row, tree, context)

    async def _judge(
        self,
        rooms: Mapping[GroupId, Room],
        group_id: GroupId,
        row: Row,
        tree: bytes | None,
        context: Context,
    ) -> Outcome:
        """A device may be added, or a witness change, before that was pushed here: look, then judge again."""
        outcome = receive(rooms, group_id, row, context, ratchet_tree=tree)
        replica = self._desk.replica
        known = replica.size, replica.policy
        if outcome.refused == Code.INVALID_CREDENTIAL.value:
            await follow_log(self._desk, self._relay)
        elif row.kind is RowKind.COMMIT and outcome.refused in _BY_THE_POLICY:
            await learn_trust(self._desk, self._relay)
        if (replica.size, replica.policy) != known:
            return receive(rooms, group_id, row, self._desk.context(), ratchet_tree=tree)
        return outcome
