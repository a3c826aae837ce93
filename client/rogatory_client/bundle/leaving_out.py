"""What an officer leaves out of a bundle: messages by id, documents as ``MESSAGE/NUMBER``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import MisuseError

_MIN_ID_CHARACTERS: Final = 6


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Messages, and documents by message and number."""

    messages: frozenset[MessageId]
    documents: frozenset[tuple[MessageId, int]]


def read_left_out(wishes: Sequence[str], read: Sequence[ReadMessage]) -> LeftOut:
    """Return what is to be left out of these messages.

    Raises:
        MisuseError: one of the wishes names nothing or a request, without which nothing else is formal.
    """
    messages, documents = set[MessageId](), set[tuple[MessageId, int]]()
    for wish in wishes:
        name, slash, number = wish.partition("/")
        message = _named(name.strip().lower(), read)
        if not slash:
            _refuse_request(message)
            messages.add(message.listed.message_id)
        elif number.isdecimal() and int(number) < len(message.documents):
            documents.add((message.listed.message_id, int(number)))
        else:
            raise MisuseError(
                f"the message has {len(message.documents)} documents, numbered from 0: {wish!r}"
            )
    return LeftOut(frozenset(messages), frozenset(documents))


def _named(name: str, read: Sequence[ReadMessage]) -> ReadMessage:
    found = [each for each in read if each.listed.message_id.hex().startswith(name)]
    if len(name) < _MIN_ID_CHARACTERS or len(found) != 1:
        count = "more than one message" if len(found) > 1 else "no formal message"
        raise MisuseError(f"{count} of this case has an id that begins with {name!r}")
    return found[0]


def _refuse_request(message: ReadMessage) -> None:
    if message.said.requests:
        raise MisuseError("a request makes the rest formal and stays: leave out its documents instead")
