"""How far one connection has come in one group: sent, unread, read. Pure.

Rows under way unread are counted in pieces, one for each frame; a piece is read when its last row is.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple


class Piece(NamedTuple):
    """Rows delivered in one frame."""

    last: int
    rows: int


@dataclass(slots=True)
class Cursor:
    """One group on one connection.

    Attributes:
        group_number: the group in the store.
        sent: nothing visible up to here is still to be sent.
        target: the last visible sequence when the connection opened.
        read: the highest sequence the device reported.
        published: the last sequence the hub has told of.
        unread: pieces under way, oldest first.
    """

    group_number: int
    sent: int
    target: int
    read: int
    published: int = 0
    unread: deque[Piece] = field(default_factory=deque)

    def deliver(self, last: int, rows: int) -> None:
        """Note that rows up to ``last`` were sent."""
        self.unread.append(Piece(last, rows))
        self.sent = last

    def advance(self, sequence: int) -> int:
        """Note that the device has read up to a sequence; return how many rows are no longer under way."""
        self.read = max(self.read, sequence)
        freed = 0
        while self.unread and self.unread[0].last <= sequence:
            freed += self.unread.popleft().rows
        return freed

    @property
    def has_reached_target(self) -> bool:
        """Whether everything stored at the opening was sent and read."""
        return self.sent >= self.target and (not self.unread or self.read >= self.target)
