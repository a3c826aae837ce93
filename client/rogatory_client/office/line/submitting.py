"""Messages that go out: sealed, on disk, then sent; those of several rooms are one transaction."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from rogatory_client.engine import outbox
from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.outgoing_effect import Parcel
from rogatory_client.engine.room import Context, Room
from rogatory_client.office.carrier.return_to_relay import renewed
from rogatory_client.office.desk import Desk
from rogatory_crypto.wire.api import Feed
from rogatory_crypto.wire.identifier import SubmissionId

if TYPE_CHECKING:
    from rogatory_client.engine.effect import Outcome

Ready: TypeAlias = tuple[Room, tuple[Parcel, ...], Context]


class Submitting:
    """What is sealed and sent over one connection.

    Args:
        desk: whose messages.
        feed: where they go.
        in_flight: what the relay has not answered yet; what is sent is added.
    """

    def __init__(self, desk: Desk, feed: Feed, in_flight: set[SubmissionId]) -> None:
        self._desk = desk
        self._feed = feed
        self._in_flight = in_flight

    async def send(self, ready: Iterable[Ready]) -> None:
        """Seal what is not sealed, some in one transaction, and submit all.

        Each room is asked for right before it is sealed in: what happens while something is sent may change
        it, and a key must not serve twice (L07).
        """
        for some in _bounded(ready):
            outcomes: list[Outcome] = []
            sealed: list[Parcel] = []
            for room, parcels, context in some:
                outcome, of_room = outbox.seal(room, renewed(self._desk, parcels, self._in_flight), context)
                outcomes.append(outcome)
                sealed += of_room
            self._desk.carry_out(merge_outcomes(outcomes))
            await self._submit(sealed)

    async def _submit(self, sealed: Iterable[Parcel]) -> None:
        for parcel in sealed:
            submission = outbox.submission_of(parcel)
            if submission.submission_id not in self._in_flight:
                self._in_flight.add(submission.submission_id)
                await self._feed.send(submission)


def _bounded(ready: Iterable[Ready]) -> Iterator[list[Ready]]:
    some: list[Ready] = []
    count = 0
    for each in ready:
        some.append(each)
        count += len(each[1])
        if count >= outbox.MAX_SEALED_AT_ONCE:
            yield some
            some, count = [], 0
    if some:
        yield some
