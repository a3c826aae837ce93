"""What of a case may go into a bundle: what is formal is provable, what is informal is not transferable.

A case becomes formal with its first request. What was said from then on is formal; of what was said before,
only what a request carries over and its author has signed for.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from rogatory_crypto.content.events import CaseEvent, RequestSubmitted
from rogatory_crypto.content.mimi import MessageId


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a case, as far as its formality hangs on it.

    Attributes:
        at_ms: when the relay took it in, Unix milliseconds.
        sequence: its place in the room; None where the device did not receive it itself.
    """

    message_id: MessageId
    at_ms: int
    sequence: int | None
    events: tuple[CaseEvent, ...] = field(repr=False)

    @property
    def requests(self) -> tuple[RequestSubmitted, ...]:
        """The requests that it submits."""
        return tuple(event for event in self.events if isinstance(event, RequestSubmitted))

    def follows(self, other: "Said") -> bool:
        """Tell whether it was said after another message of the room."""
        if self.sequence is not None and other.sequence is not None:
            return self.sequence > other.sequence
        return self.at_ms > other.at_ms


def formal_messages(said: Iterable[Said], attested: Collection[MessageId]) -> frozenset[MessageId]:
    """Return which messages of one case are formal; none where nothing was requested.

    Args:
        said: all of the case.
        attested: which of them their authors have signed for, as they agreed to carry them over.
    """
    everything = tuple(said)
    requests = [each for each in everything if each.requests]
    if not requests:
        return frozenset()
    carried = {name for each in requests for request in each.requests for name in request.carried_over}
    begins = [each for each in requests if not any(each.follows(other) for other in requests)]
    return frozenset(
        each.message_id
        for each in everything
        if (each.message_id in carried and each.message_id in attested)
        or any(each is first or each.follows(first) for first in begins)
    )
