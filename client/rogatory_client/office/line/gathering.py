"""What has come at once: deliveries that lie ready on the line, to be one transaction together.

Nothing is worked out before all of it is here: while it is waited for, an officer may go on working.
"""

from dataclasses import dataclass
from typing import Final

from rogatory_client.transport.line import LiveFeed
from rogatory_crypto.errors import PeerError, TransportError
from rogatory_crypto.wire.frame import Deliver, RelayFrame

# Less than half of what a relay sends unread: it goes on sending while these are worked on.
ENOUGH_ROWS: Final = 1_000
ENOUGH_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Gathered:
    """What has come.

    Attributes:
        deliveries: in their order; bounded by one more than is enough.
        then: the frame behind them, if another kind of frame has come.
        failure: why nothing more can come; what is here is whole all the same.
    """

    deliveries: tuple[Deliver, ...]
    then: RelayFrame | None = None
    failure: TransportError | PeerError | None = None


async def gather(feed: LiveFeed, first: RelayFrame | None) -> Gathered:
    """Return a frame that has come with those that lie ready behind it, as long as they deliver rows."""
    deliveries: list[Deliver] = []
    frame, rows, size = first, 0, 0
    while isinstance(frame, Deliver):
        deliveries.append(frame)
        rows += len(frame.rows)
        size += sum(len(row.payload) for row in frame.rows)
        if rows >= ENOUGH_ROWS or size >= ENOUGH_BYTES:
            return Gathered(tuple(deliveries))
        try:
            frame = await feed.receive_waiting()
        except (TransportError, PeerError) as error:
            return Gathered(tuple(deliveries), failure=error)
    return Gathered(tuple(deliveries), frame)
