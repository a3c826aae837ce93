"""A message as our rooms admit it: MIMI content with the rules official correspondence adds.

The same check stands before sending and after receiving. The content must name the sender and the room that
MLS authenticated, so that it cannot be passed on as somebody else's or as said elsewhere; it must not expire,
because offices keep records; and it must not offer alternatives, because every reader has to see the same.
Edits and deletions are new messages that name what they replace: nothing is removed from a record.
"""

from dataclasses import dataclass, field

from rogatory_crypto.content import mimi, nested_part
from rogatory_crypto.content.mimi import MessageId, MimiContent
from rogatory_crypto.content.nested_part import MultiPart, NestedPart, PartSemantics
from rogatory_crypto.errors import Code, PeerError


@dataclass(frozen=True, slots=True)
class Message:
    """Content that has passed ``verify_message``, with the id by which everybody refers to it.

    Attributes:
        parts: all of its parts, inner ones too, in the order that numbers them.
    """

    message_id: MessageId
    sender_uri: str
    room_uri: str
    content: MimiContent = field(repr=False)
    parts: tuple[NestedPart, ...] = field(repr=False)
    encoded: bytes = field(repr=False)


def verify_message(encoded: bytes, *, sender_uri: str, room_uri: str) -> Message:
    """Return the message if it is one and our rooms admit it.

    Args:
        encoded: the application data as MLS decrypted it, or as it is about to be sent.
        sender_uri: the authority that the sender's credential names.
        room_uri: the room of the group it came in.

    Raises:
        PeerError: MALFORMED or TOO_LARGE if it is no message, FORBIDDEN if a rule of the room is broken.
    """
    content = mimi.decode(encoded)
    _check_names(content, sender_uri, room_uri)
    if content.expires is not None:
        raise PeerError(Code.FORBIDDEN, "a message in an official room does not expire")
    parts = tuple(nested_part.walk(content.nested_part))
    for part in parts:
        if isinstance(part, MultiPart) and part.part_semantics is PartSemantics.CHOOSE_ONE:
            raise PeerError(Code.FORBIDDEN, "a message in an official room shows the same to every reader")
    return Message(
        message_id=mimi.message_id(encoded, sender_uri, room_uri),
        sender_uri=sender_uri,
        room_uri=room_uri,
        content=content,
        parts=parts,
        encoded=encoded,
    )


def _check_names(content: MimiContent, sender_uri: str, room_uri: str) -> None:
    if content.sender_uri != sender_uri:
        raise PeerError(Code.FORBIDDEN, "the content names another sender than the group does")
    if content.room_uri != room_uri:
        raise PeerError(Code.FORBIDDEN, "the content names another room than the one it came in")
