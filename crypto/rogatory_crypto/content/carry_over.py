"""What the offices of a consultation agree upon before a request: which earlier messages become part of it.

An office that agrees signs for its own messages among them (``attestation``), for nothing else makes what was
said informally provable. What a request carries over is named by the request itself.
"""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.content.numbered_event import NumberedEvent
from rogatory_crypto.wire.identifier import EntryId, read_entry_id

# Each message costs its author a signature, and every receiver its verification.
MAX_PROPOSED: Final = 200
MAX_ASKED: Final = 64
MAX_REASONS: Final = 20_000
_reasons = partial(cbor.text, maximum=MAX_REASONS)


@dataclass(frozen=True, slots=True)
class CarryOverProposed(NumberedEvent):
    """An office wants these messages of the room in the request, and agrees to it for its own part.

    Attributes:
        messages: to be carried over.
        offices: whose agreement is asked for; all that were in the room, the proposer's too.
        reasons: why, in words.
    """

    messages: tuple[MessageId, ...]
    offices: tuple[EntryId, ...]
    reasons: str = ""
    NUMBER: ClassVar = 16
    READERS: ClassVar = (
        partial(cbor.array_of, reader=read_message_id, minimum=1, maximum=MAX_PROPOSED),
        partial(cbor.array_of, reader=read_entry_id, minimum=1, maximum=MAX_ASKED),
        _reasons,
    )


@dataclass(frozen=True, slots=True)
class CarryOverAnswered(NumberedEvent):
    """An office answers a proposal; ``agreed`` are all of its messages, some, or none where it refuses."""

    proposal: MessageId
    agreed: tuple[MessageId, ...]
    reasons: str = ""
    NUMBER: ClassVar = 17
    READERS: ClassVar = (
        read_message_id,
        partial(cbor.array_of, reader=read_message_id, maximum=MAX_PROPOSED),
        _reasons,
    )
