"""What an officer's device must have signed, as every receiver demands: states, deadlines, receipts.

Whoever makes a bundle could leave such a signature away from the words of others, so it must be there.
"""

from collections.abc import Callable, Iterable, Iterator

from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.device_key import device_key
from rogatory_crypto.bundle.finding import About, Finding, wrong
from rogatory_crypto.content import receipts, statement
from rogatory_crypto.content.case_progress import SIGNED
from rogatory_crypto.content.events import Acknowledged
from rogatory_crypto.content.nested_part import NestedPart, SinglePart, walk
from rogatory_crypto.content.receipts import EvidenceEvent, Receipt
from rogatory_crypto.content.statement import Statement
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.identity.standing import CLOCK_TOLERANCE_S
from rogatory_crypto.wire.identifier import GroupId


def check_required(read: Iterable[ReadMessage], group_id: GroupId, registry: Registry) -> Iterator[Finding]:
    """Name every event that lacks the signature it must have."""
    for each in read:
        try:
            _require(each, group_id, registry)
        except PeerError as error:
            yield wrong(About.STATEMENT, each.listed.file, error.detail)


def _require(read: ReadMessage, group_id: GroupId, registry: Registry) -> None:
    listed, parts = read.listed, tuple(walk(read.message.content.nested_part))
    accepted_at = listed.at_ms // 1000

    def key_of(named: Statement | Receipt) -> bytes:
        sender = (listed.sender, listed.officer, listed.device_id, group_id)
        if (named.authority, named.officer, named.device_id, named.group_id) != sender:
            raise PeerError(Code.FORBIDDEN, "the signature of another device than the sender's")
        if named.at > accepted_at + CLOCK_TOLERANCE_S:
            raise PeerError(Code.FORBIDDEN, "it was signed after the relay had accepted it")
        return device_key(registry, named.authority, named.officer, named.device_id, named.at)

    for event in read.said.events:
        if isinstance(event, SIGNED):
            statement.require_statement(event, parts, key_of)
        if isinstance(event, Acknowledged):
            _require_receipt(event, parts, key_of)


def _require_receipt(
    event: Acknowledged, parts: Iterable[NestedPart], key_of: Callable[[Receipt], bytes]
) -> None:
    beside = [
        receipts.verify_receipt(part.content, key_of).receipt
        for part in parts
        if isinstance(part, SinglePart) and part.content_type == receipts.MEDIA_TYPE
    ]
    wanted = (EvidenceEvent.CONTENT_ACKNOWLEDGEMENT, event.message_id, event.own_reference)
    if wanted not in [(each.event, each.message_id, each.own_reference) for each in beside]:
        raise PeerError(Code.BAD_SIGNATURE, "no receipt stands beside it that acknowledges the request")
