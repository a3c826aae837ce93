"""What the sides tell each other about how a request goes: states, progress, deadlines.

Each names the messages that it builds upon or answers, so that all who hold the same messages see the same,
whatever the order they came in (``casework``). Words of states and grounds travel as text: one that is not
known here is shown as not valid, and is not lost.
"""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.content.numbered_event import NumberedEvent, read_day, read_identifier
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.content.urgent import CaseLinked, OralRequest, PresenceEnded
from rogatory_crypto.wire.identifier import EntryId, read_entry_id

MAX_PARENTS: Final = 64
MAX_ITEMS: Final = 200
MAX_REASONS: Final = 20_000
_optional_message = partial(cbor.optional, reader=read_message_id)
_optional_word = partial(cbor.optional, reader=read_identifier)
_optional_day = partial(cbor.optional, reader=read_day)
_text = partial(cbor.text, maximum=MAX_REASONS)


@dataclass(frozen=True, slots=True)
class StateSet(NumberedEvent):
    """An officer sets the state of the case.

    Attributes:
        state: word of the life cycle.
        builds_on: the messages with the newest changes of state that the officer has seen.
        reasons: why, in words.
        items: questions, conditions, deficiencies, or what is still open; numbered from 1 where shown.
        ground: of a refusal.
        consultation: the message by which a refusal or postponement was discussed before.
        message: the one that holds the result or the answer.
        confidentiality: the answer to a wish for confidentiality.
        due: the day of the review, or by which an answer is wished.
    """

    state: str
    builds_on: tuple[MessageId, ...]
    reasons: str = ""
    items: tuple[str, ...] = ()
    ground: str | None = None
    consultation: MessageId | None = None
    message: MessageId | None = None
    confidentiality: str | None = None
    due: str | None = None
    NUMBER: ClassVar = 11
    READERS: ClassVar = (
        read_identifier,
        partial(cbor.array_of, reader=read_message_id, maximum=MAX_PARENTS),
        _text,
        partial(cbor.array_of, reader=partial(cbor.text, minimum=1, maximum=2_000), maximum=MAX_ITEMS),
        _optional_word,
        _optional_message,
        _optional_message,
        _optional_word,
        _optional_day,
    )


@dataclass(frozen=True, slots=True)
class ProgressEnquiry(NumberedEvent):
    """The requesting side asks how far its request is (UNTOC 18(24)), and by when it wishes to know."""

    due: str | None
    NUMBER: ClassVar = 12
    READERS: ClassVar = (_optional_day,)


@dataclass(frozen=True, slots=True)
class ProgressAnswer(NumberedEvent):
    """The requested side answers an enquiry: in words, and when it expects to be done.

    Who tells it unasked names the request instead of an enquiry.
    """

    enquiry: MessageId
    progress: str
    expected: str | None
    NUMBER: ClassVar = 13
    READERS: ClassVar = (
        read_message_id,
        partial(cbor.text, minimum=1, maximum=MAX_REASONS),
        _optional_day,
    )


@dataclass(frozen=True, slots=True)
class DeadlineSet(NumberedEvent):
    """Something is to be done by the end of a day.

    ``acts`` is the office that has to do it: the day ends when it ends there. ``basis`` is the provision, and
    is empty where none asks for it.
    """

    what: str
    due: str
    acts: EntryId
    basis: str
    NUMBER: ClassVar = 14
    READERS: ClassVar = (
        partial(cbor.text, minimum=1, maximum=300),
        read_day,
        read_entry_id,
        partial(cbor.text, maximum=300),
    )


@dataclass(frozen=True, slots=True)
class DeadlineWithdrawn(NumberedEvent):
    """The office that set a deadline takes it back, as it was met or counts no more."""

    deadline: MessageId
    reasons: str
    NUMBER: ClassVar = 15
    READERS: ClassVar = (read_message_id, _text)


# In a formal room, the officer's device signs a message that says one of these, whole; see ``statement``.
SIGNED: Final = (
    *(StateSet, ProgressEnquiry, ProgressAnswer, DeadlineSet, DeadlineWithdrawn),
    *(HandlingWished, SentDespite),
    *(OralRequest, PresenceEnded, CaseLinked),
)
