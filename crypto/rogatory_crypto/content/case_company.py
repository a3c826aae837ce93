"""Who is in a case: which officers of an office, which other offices, and for which States a liaison.

A circle is an office's own affair, yet said in the case: the leaves of its group show everybody whose devices
are there, so the names of the functions tell no more. What an office is in a case is proposed by one of its
parties and agreed to by the others in the same words.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.content.numbered_event import NumberedEvent
from rogatory_crypto.wire.identifier import EntryId, GroupId, read_entry_id, read_group_id

MAX_OFFICERS: Final = 64
MAX_STATES: Final = 16
_officer = partial(cbor.text, minimum=1, maximum=120)
_optional_message = partial(cbor.optional, reader=read_message_id)


class Standing(StrEnum):
    """What an office is in a case: one of its sides, a guest who reads and speaks, or out of it."""

    PARTY = "party"
    GUEST = "guest"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class CircleSet(NumberedEvent):
    """The sender's office limits a case to these officers, told by their functions; to nobody: for all again.

    ``follows`` is the message that set the office's circle before; of two that follow the same one, the first
    counts.
    """

    officers: tuple[str, ...]
    follows: MessageId | None
    NUMBER: ClassVar = 30
    READERS: ClassVar = (
        partial(cbor.array_of, reader=_officer, maximum=MAX_OFFICERS),
        _optional_message,
    )


@dataclass(frozen=True, slots=True)
class CircleRoom(NumberedEvent):
    """This room is for those devices of the own office that are in a case, and for no other of the office."""

    case: GroupId
    NUMBER: ClassVar = 31
    READERS: ClassVar = (read_group_id,)


@dataclass(frozen=True, slots=True)
class StandingProposed(NumberedEvent):
    """What another office is to be in this case, and whether it is handed what was said before.

    ``answers`` names the proposal that this agrees to.
    """

    office: EntryId
    standing: Standing
    with_history: bool = False
    answers: MessageId | None = None
    NUMBER: ClassVar = 32
    READERS: ClassVar = (
        read_entry_id,
        partial(cbor.member, enumeration=Standing),
        cbor.boolean,
        _optional_message,
    )


@dataclass(frozen=True, slots=True)
class LiaisonAssigned(NumberedEvent):
    """Told within an office: a liaison sees the cases with these States, by code, and no others."""

    officer: str
    states: tuple[str, ...]
    NUMBER: ClassVar = 33
    READERS: ClassVar = (
        _officer,
        partial(cbor.array_of, reader=partial(cbor.text, minimum=2, maximum=3), maximum=MAX_STATES),
    )
