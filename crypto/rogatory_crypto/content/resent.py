"""A message said once more, with the very bytes that it had, to who was to have it and could not open it."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.content.nested_part import MAX_CONTENT_BYTES, Disposition, NestedPart, SinglePart
from rogatory_crypto.wire.identifier import Sequence, read_sequence
from rogatory_crypto.wire.structure import Structure

MEDIA_TYPE: Final = "application/vnd.rogatory.resent+cbor;v=1"


@dataclass(frozen=True, slots=True)
class MessageResent(Structure):
    """The sending office says an earlier message again; its bytes, and so its id and hash, stay the same.

    Attributes:
        sequence: the row of the room's log that could not be opened.
        sender: credential of the device that has sent it.
        content: what it said.
    """

    sequence: Sequence
    sender: bytes
    content: bytes
    LIMIT: ClassVar = MAX_CONTENT_BYTES
    READERS: ClassVar = (
        read_sequence,
        partial(cbor.byte_string, minimum=1, maximum=1024),
        partial(cbor.byte_string, maximum=MAX_CONTENT_BYTES),
    )


def resent_part(resent: MessageResent) -> SinglePart:
    """Return the part of a message that carries another one once more."""
    return SinglePart(Disposition.UNSPECIFIED, "", MEDIA_TYPE, resent.encode())


def read_resent(part: NestedPart) -> MessageResent | None:
    """Return the message that a part carries once more, if it does.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    if not isinstance(part, SinglePart) or part.content_type != MEDIA_TYPE:
        return None
    return MessageResent.decode(part.content)
