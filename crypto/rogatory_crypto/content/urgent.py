"""What urgent work says: oral requests, notices to a secretariat, cases that go on from others, safe conduct.

An oral request and what follows from it is formal and signed. A notice to a secretariat is informal and holds
nothing of the case: neither subject nor reference, not even the room.
"""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.content.numbered_event import NumberedEvent, read_day, read_identifier
from rogatory_crypto.wire.identifier import (
    EntryId,
    GroupId,
    read_entry_id,
    read_group_id,
    read_time,
)

MAX_MEMO: Final = 20_000
MAX_AGREED_DAYS: Final = 3_650
_function = partial(cbor.text, maximum=200)


@dataclass(frozen=True, slots=True)
class OralRequest(NumberedEvent):
    """A request made by word of mouth, to be confirmed in writing forthwith (UNTOC 18(14)).

    Either side notes it; both may.

    Attributes:
        made_at: when it was made, Unix seconds.
        caller: the office that asked.
        caller_function: who asked, by function; empty where that is not known.
        called: the office that was asked.
        called_function: who was spoken to, by function.
        memo: what was asked, in words.
    """

    made_at: int
    caller: EntryId
    caller_function: str
    called: EntryId
    called_function: str
    memo: str
    NUMBER: ClassVar = 38
    READERS: ClassVar = (
        read_time,
        read_entry_id,
        _function,
        read_entry_id,
        _function,
        partial(cbor.text, minimum=1, maximum=MAX_MEMO),
    )


@dataclass(frozen=True, slots=True)
class EscalationNotice(NumberedEvent):
    """An urgent request of the sender's office to another waits unacknowledged; told to a secretariat.

    ``waiting_since`` is Unix seconds. Nothing else of the request is in it.
    """

    requested: EntryId
    waiting_since: int
    NUMBER: ClassVar = 39
    READERS: ClassVar = (read_entry_id, read_time)


@dataclass(frozen=True, slots=True)
class PresenceEnded(NumberedEvent):
    """A person under safe conduct was told that the presence is no longer required (UNTOC 18(27)).

    Attributes:
        told_on: the day on which the person was told.
        agreed_days: for how many days the States have agreed that safe conduct lasts; None for the fifteen
            of the convention.
        note: whom, in words.
    """

    told_on: str
    agreed_days: int | None
    note: str
    NUMBER: ClassVar = 40
    READERS: ClassVar = (
        read_day,
        partial(cbor.optional, reader=partial(cbor.unsigned, minimum=1, maximum=MAX_AGREED_DAYS)),
        partial(cbor.text, maximum=2_000),
    )


@dataclass(frozen=True, slots=True)
class CaseLinked(NumberedEvent):
    """This case goes on from another one that both sides are in.

    Attributes:
        relation: ``extension`` of a preservation, or ``follow_up`` to it or to an earlier request.
        earlier: the room of the other case.
    """

    relation: str
    earlier: GroupId
    NUMBER: ClassVar = 41
    READERS: ClassVar = (read_identifier, read_group_id)


# In a formal room, a signature of the officer's device stands beside each of these; see ``statement``.
SIGNED: Final = (OralRequest, PresenceEnded, CaseLinked)
