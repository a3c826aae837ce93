"""Two persons for what leaves an office: a request put up by one officer, released or held back by another.

An internal control, said in the office's own room: no other office learns of it, and none can check it.
"""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.content.numbered_event import NumberedEvent
from rogatory_crypto.content.office_work import MAX_BUILT_UPON, MAX_NOTE
from rogatory_crypto.wire.identifier import EntryId, GroupId, read_entry_id, read_group_id, read_hash

# What is put up travels inside another message, beside files to look at.
MAX_PUT_UP_BYTES: Final = 768 << 10
MAX_ADDRESSEES: Final = 64


@dataclass(frozen=True, slots=True)
class ReleasePolicySet(NumberedEvent):
    """Whether a request leaves the office only once a second officer has released it; the head says so."""

    two_persons: bool
    builds_on: tuple[MessageId, ...]
    NUMBER: ClassVar = 25
    READERS: ClassVar = (
        cbor.boolean,
        partial(cbor.array_of, reader=read_message_id, maximum=MAX_BUILT_UPON),
    )


@dataclass(frozen=True, slots=True)
class ReleaseAsked(NumberedEvent):
    """A request put up for release, whole, as it will leave.

    Attributes:
        case: the room that it goes to.
        to: the offices that will read it.
        subject: of the case.
        content: the message, encoded; it holds the hashes of its files.
    """

    case: GroupId
    to: tuple[EntryId, ...]
    subject: str
    content: bytes
    NUMBER: ClassVar = 26
    READERS: ClassVar = (
        read_group_id,
        partial(cbor.array_of, reader=read_entry_id, maximum=MAX_ADDRESSEES),
        partial(cbor.text, maximum=300),
        partial(cbor.byte_string, minimum=1, maximum=MAX_PUT_UP_BYTES),
    )


@dataclass(frozen=True, slots=True)
class ReleaseAnswered(NumberedEvent):
    """Another officer releases what was put up, or holds it back and says why.

    Attributes:
        asked: the message that put it up.
        sha256: of the content that this officer was shown.
        released: False where it is held back.
    """

    asked: MessageId
    sha256: bytes
    released: bool
    reasons: str
    NUMBER: ClassVar = 27
    READERS: ClassVar = (
        read_message_id,
        read_hash,
        cbor.boolean,
        partial(cbor.text, maximum=MAX_NOTE),
    )
