"""What the officers of one office tell each other in its own room: notes, who does what, drafts.

What replaces something names the messages that it builds upon, so that all devices of the office come to the
same, whatever the order of arrival; what two officers say at once stands side by side until one of them
decides. No other office can say any of it, and none ever sees it.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import ClassVar, Final, NewType

from rogatory_crypto import cbor
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.content.numbered_event import NumberedEvent, read_day, read_identifier
from rogatory_crypto.identity.statement import read_officer
from rogatory_crypto.wire.identifier import GroupId, read_group_id
from rogatory_crypto.wire.structure import Structure

DraftId = NewType("DraftId", bytes)

DRAFT_ID_BYTES: Final = 8
MAX_BUILT_UPON: Final = 64
MAX_NOTE: Final = 20_000
MAX_ANSWERS: Final = 500
MAX_ANSWER: Final = 1 << 19

_builds_on = partial(cbor.array_of, reader=read_message_id, maximum=MAX_BUILT_UPON)


def _draft_id(value: object) -> DraftId:
    return DraftId(cbor.byte_string(value, length=DRAFT_ID_BYTES))


@dataclass(frozen=True, slots=True)
class CaseNote(NumberedEvent):
    """An internal note on a case; it changes no state."""

    case: GroupId
    text: str
    NUMBER: ClassVar = 20
    READERS: ClassVar = (read_group_id, partial(cbor.text, minimum=1, maximum=MAX_NOTE))


@dataclass(frozen=True, slots=True)
class CaseAssigned(NumberedEvent):
    """Who works on a case from now on; ``officer`` is a function as entered, None where nobody does."""

    case: GroupId
    officer: str | None
    builds_on: tuple[MessageId, ...]
    reasons: str = ""
    NUMBER: ClassVar = 21
    READERS: ClassVar = (
        read_group_id,
        partial(cbor.optional, reader=read_officer),
        _builds_on,
        partial(cbor.text, maximum=MAX_NOTE),
    )


@dataclass(frozen=True, slots=True)
class DeputySet(NumberedEvent):
    """Who stands in for an officer, from the first day to the last; None where nobody does any more."""

    officer: str
    deputy: str | None
    first: str
    last: str
    builds_on: tuple[MessageId, ...]
    NUMBER: ClassVar = 22
    READERS: ClassVar = (
        read_officer,
        partial(cbor.optional, reader=read_officer),
        read_day,
        read_day,
        _builds_on,
    )


@dataclass(frozen=True, slots=True)
class DraftAnswer(Structure):
    """One answer of a draft in its JSON form; None clears the field."""

    field: str
    answer: str | None
    READERS: ClassVar = (
        read_identifier,
        partial(cbor.optional, reader=partial(cbor.text, maximum=MAX_ANSWER)),
    )


@dataclass(frozen=True, slots=True)
class DraftSaved(NumberedEvent):
    """Answers saved together in a draft; the first of a draft makes it."""

    draft: DraftId
    request_type: str
    answers: tuple[DraftAnswer, ...]
    builds_on: tuple[MessageId, ...]
    NUMBER: ClassVar = 23
    READERS: ClassVar = (
        _draft_id,
        read_identifier,
        partial(cbor.array_of, reader=DraftAnswer.from_plain, maximum=MAX_ANSWERS),
        _builds_on,
    )


class DraftPlace(StrEnum):
    """Where a draft is: on the desk, put away as it was sent or is not needed, or erased."""

    DESK = "desk"
    AWAY = "away"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class DraftMoved(NumberedEvent):
    """A draft is put away, taken back, or erased with all its answers.

    ``request`` is the message that it is sent as; of several that were said at once, one leaves.
    """

    draft: DraftId
    place: DraftPlace
    builds_on: tuple[MessageId, ...]
    request: MessageId | None = None
    NUMBER: ClassVar = 24
    READERS: ClassVar = (
        _draft_id,
        partial(cbor.member, enumeration=DraftPlace),
        _builds_on,
        partial(cbor.optional, reader=read_message_id),
    )
