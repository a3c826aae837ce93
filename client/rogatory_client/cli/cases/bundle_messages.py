"""What the messages of a bundle say, from their own checked bytes and not from the index of its maker."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rogatory_client.cli.answer import Block, Facts, Line, Prose, Tone
from rogatory_client.cli.views import moment_ms, short

if TYPE_CHECKING:
    from rogatory_client.bundle.wording import Wording
    from rogatory_crypto.bundle.correspondence import ReadMessage
    from rogatory_crypto.bundle.verification_result import Verification


def messages_of(verified: "Verification") -> "tuple[ReadMessage, ...]":
    """The messages of a bundle, none where it is not what it says."""
    from rogatory_crypto.esign.verdict import Indication

    return () if verified.indication is Indication.TOTAL_FAILED else verified.messages


def message_data(read: "ReadMessage", words: "Wording") -> dict[str, object]:
    """A message as data."""
    listed = read.listed
    return {
        "message_id": listed.message_id.hex(),
        "sender": listed.sender,
        "officer": listed.officer,
        "at_ms": listed.at_ms,
        "says": list(_says(read, words)),
        "text": "\n".join(_texts(read)),
        "documents": [{"name": each.name, "sent_as": each.file.filename} for each in read.documents],
    }


def message_blocks(read: "ReadMessage", words: "Wording") -> Iterator[Block]:
    """A message as an officer or a court reads it."""
    listed = read.listed
    yield Line(f"Message {short(listed.message_id.hex())}", Tone.TITLE)
    yield Facts(
        [
            ("From", f"{listed.sender}, {listed.officer}"),
            ("At", moment_ms(listed.at_ms)),
            *(("Document", f"{each.file.filename}: {each.name}") for each in read.documents),
        ]
    )
    yield from map(Line, _says(read, words))
    if text := "\n".join(_texts(read)):
        yield Prose(text)


def _says(read: "ReadMessage", words: "Wording") -> Iterator[str]:
    from rogatory_client.bundle.event_wording import lines_of, told

    return (line for each in told(read) for line in lines_of(each, words))


def _texts(read: "ReadMessage") -> Iterator[str]:
    from rogatory_client.bundle.event_wording import texts_of

    return texts_of(read)
