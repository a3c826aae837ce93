"""What is told to those who have sent what has come in: once for all that one transaction holds.

An informal room is told by one report what has come. In a formal one each message has a signed receipt of its
own, which proves it alone; some of them travel in one message.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from rogatory_client.engine import evidence
from rogatory_client.engine.effect import ArchivedMessage, Effect, Outcome
from rogatory_client.engine.room import Context
from rogatory_crypto.content import status
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.content.status import MessageStatus
from rogatory_crypto.wire.identifier import GroupId

RECEIPTS_A_MESSAGE: Final = 32


def acknowledge(outcome: Outcome, context: Context) -> Outcome:
    """Return a transaction with the evidence that all that it delivers is on disk.

    Args:
        outcome: of one row or of many, perhaps of several rooms.
        context: identity, time and randomness.
    """
    if not outcome.delivered:
        return outcome
    of_room: dict[tuple[GroupId, bool], list[ArchivedMessage]] = {}
    for message in outcome.delivered:
        of_room.setdefault((message.group_id, message.formal), []).append(message)
    told = (_told(group_id, came, context, formal=formal) for (group_id, formal), came in of_room.items())
    return replace(outcome, effects=(*outcome.effects, *chain.from_iterable(told)), delivered=())


def _told(
    group_id: GroupId, came: Sequence[ArchivedMessage], context: Context, *, formal: bool
) -> Iterator[Effect]:
    if formal:
        for some in _some(came, RECEIPTS_A_MESSAGE):
            yield from evidence.issue_receipts(EvidenceEvent.CONTENT_CONSIGNMENT, some, context)
        return
    for some in _some(came, status.MAX_REPORTED):
        yield from evidence.report_status(group_id, some, MessageStatus.DELIVERED, context)


def _some(came: Sequence[ArchivedMessage], count: int) -> Iterable[Sequence[ArchivedMessage]]:
    return (came[first : first + count] for first in range(0, len(came), count))
