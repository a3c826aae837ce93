"""What the timeline of a case is made from, and what is made of each change of state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rogatory_crypto.casework.state import Side, State
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.events import CaseEvent
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import DeviceId, EntryId


@dataclass(frozen=True, slots=True)
class Entry:
    """A message of a case that says something about its state.

    Attributes:
        at_ms: when the relay accepted it.
        flaw: why the officer's signature does not hold, where one is needed.
        is_queued: whether the relay has not accepted it yet.
    """

    message_id: MessageId
    office: EntryId
    officer: str
    device_id: DeviceId
    role: Role
    at_ms: int
    events: tuple[CaseEvent, ...] = field(repr=False)
    flaw: str | None = None
    is_queued: bool = False

    @property
    def order(self) -> tuple[bool, int, MessageId]:
        """Where it stands among others, the same at every receiver; the relay's own order gives no more."""
        return self.is_queued, self.at_ms, self.message_id


@dataclass(frozen=True, slots=True)
class Record:
    """All that an office holds of a case.

    Attributes:
        entries: in any order, any number of times.
        said: who said each message that people read, named by a change or not.
        delivered_at_ms: the first receipt of another office's device on a message.
    """

    entries: tuple[Entry, ...]
    said: Mapping[MessageId, EntryId]
    delivered_at_ms: Mapping[MessageId, int]


class Standing(StrEnum):
    """Whether a change counts; one that waits names a message that is not here."""

    VALID = "valid"
    NOT_VALID = "not valid"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Judged:
    """A change of state, and whether it counts.

    Attributes:
        entry: the message.
        said: what it says, or what its request or acknowledgement means.
        side: of its office.
        parents: the changes it builds upon, none of which builds upon another.
        standing: whether it counts.
        reason: why not.
        state: that it has led to.
        settles: whether it decided between changes that could not both be.
    """

    entry: Entry
    said: StateSet
    side: Side
    parents: tuple[MessageId, ...]
    standing: Standing
    reason: str = ""
    state: State | None = None
    settles: bool = False
