"""By whom each message of a bundle is proven: its author, another recipient, the seal, or the maker's word.

The id of a message is a hash over its author, its room and its content. So whoever signs something that names
the id has signed for all three, and an author who does so for a message of its own vouches for every word.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rogatory_crypto.bundle.finding import About, Finding, passed
from rogatory_crypto.bundle.manifest import BundledMessage
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId


class ProvenBy(StrEnum):
    """Who vouches for a message, the strongest first; the value is for programs and never changes."""

    AUTHOR = "author"
    SEAL = "seal"
    RECIPIENT = "recipient"
    MAKER = "maker"


_WORDS: Final = {
    ProvenBy.AUTHOR: "{sender} has signed for all that it says",
    ProvenBy.SEAL: "{sender} has said it, and seals it here",
    ProvenBy.RECIPIENT: "that {sender} has said it, {recipients} has signed too, who received exactly this",
    ProvenBy.MAKER: "that {sender} has said it is the maker's word",
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who vouches for one message.

    Attributes:
        recipients: offices other than its author that have signed that they had exactly this.
    """

    message: BundledMessage
    by: ProvenBy
    recipients: tuple[EntryId, ...]

    def finding(self) -> Finding:
        """Return the same as a fact that a check has found."""
        said = _WORDS[self.by].format(sender=self.message.sender, recipients=", ".join(self.recipients))
        about = About.UNSIGNED if self.by is ProvenBy.MAKER else About.MESSAGE
        return passed(about, self.message.file, said)


@dataclass(frozen=True, slots=True)
class Signed:
    """What devices have signed in a bundle, each signature checked.

    Attributes:
        attested: messages whose exact content their author has signed as it agreed to carry them over.
        stated: messages that their author has signed as they were said.
        receipts: which office has signed for which message.
    """

    attested: Collection[MessageId]
    stated: Collection[MessageId]
    receipts: Collection[tuple[EntryId, MessageId]]


def provenance_of(
    messages: Iterable[BundledMessage],
    signed: Signed,
    named: Mapping[EntryId, Collection[MessageId]],
    maker: EntryId,
) -> tuple[Provenance, ...]:
    """Return who vouches for each message, in order.

    Args:
        messages: of the bundle, also those that are left out.
        signed: by whom what is signed in it.
        named: which messages each office has named in what it has signed.
        maker: of the bundle, whose own signatures prove nothing of others.
    """
    return tuple(_one(each, signed, named, maker) for each in messages)


def _one(
    message: BundledMessage,
    signed: Signed,
    named: Mapping[EntryId, Collection[MessageId]],
    maker: EntryId,
) -> Provenance:
    name, sender = message.message_id, message.sender
    offices = {office for office, received in signed.receipts if received == name}
    recipients = tuple(sorted(offices - {sender}))
    whole = name in signed.attested or name in signed.stated
    if whole or sender in offices or name in named.get(sender, ()):
        return Provenance(message, ProvenBy.AUTHOR, recipients)
    if sender == maker:
        return Provenance(message, ProvenBy.SEAL, recipients)
    if others := tuple(each for each in recipients if each != maker):
        return Provenance(message, ProvenBy.RECIPIENT, others)
    return Provenance(message, ProvenBy.MAKER, recipients)


def counted(provenance: Iterable[Provenance]) -> Iterator[tuple[ProvenBy, int]]:
    """Yield how many messages are proven by whom, the strongest first; nothing for none."""
    count = Counter(each.by for each in provenance)
    return ((by, count[by]) for by in ProvenBy if count[by])
