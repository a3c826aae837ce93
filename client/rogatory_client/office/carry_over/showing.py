"""From what was agreed in a case to what is shown of it."""

from typing import Final

from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.office.carry_over.record import Agreed
from rogatory_client.office.carry_over.view import (
    CarriedView,
    CarryAnswerView,
    CarryOverView,
    CarryProposalView,
)
from rogatory_crypto.casework.carrying_over import Carriage, Carried, Proposal
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId, GroupId

_ABOUT_CHARACTERS: Final = 60
# What people wrote; what only told something about the case is not carried over.
SPOKEN: Final = frozenset({"opening", "text"})
SHOWN: Final = frozenset({*SPOKEN, "request", "acknowledgement"})


def carry_over_view(group_id: GroupId, agreed: Agreed, office: EntryId) -> CarryOverView:
    """Return what was agreed, as an officer of an office is shown it."""
    standing = {each.message_id: each for each in agreed.carry_over.messages}
    shown = [
        _carried(message, standing.get(name))
        for name, message in agreed.messages.items()
        if message.kind in SHOWN or name in standing
    ]
    absent = [_absent(each) for name, each in standing.items() if name not in agreed.messages]
    return CarryOverView(
        group_id.hex(),
        tuple(_proposal(each, agreed, office) for each in agreed.carry_over.proposals),
        (*shown, *absent),
        tuple((each.entry.message_id.hex(), each.reason) for each in agreed.carry_over.attempts),
    )


def is_waited_for(office: EntryId, agreed: Agreed, proposal: Proposal) -> bool:
    """Tell whether an office has still to answer a proposal."""
    if any(entry.office == office for entry, _ in proposal.answers) or proposal.entry.office == office:
        return False
    waiting = {each.message_id for each in agreed.carry_over.messages if office in each.waiting_for}
    return not waiting.isdisjoint(proposal.said.messages)


def _proposal(proposal: Proposal, agreed: Agreed, office: EntryId) -> CarryProposalView:
    entry, said = proposal.entry, proposal.said
    return CarryProposalView(
        message_id=entry.message_id.hex(),
        at_ms=entry.at_ms,
        office=entry.office,
        officer=entry.officer,
        messages=_hex(said.messages),
        asked=said.offices,
        reasons=said.reasons,
        answers=tuple(
            CarryAnswerView(
                *(each.message_id.hex(), each.at_ms, each.office, each.officer),
                *(_hex(answer.agreed), answer.reasons),
            )
            for each, answer in proposal.answers
        ),
        waits_for_this_office=is_waited_for(office, agreed, proposal),
    )


def _carried(message: ArchivedMessage, stands: Carried | None) -> CarriedView:
    judged = stands or Carried(message.message_id, Carriage.INFORMAL)
    about = " ".join((message.subject or message.text).split())
    return CarriedView(
        message_id=message.message_id.hex(),
        at_ms=message.at_ms,
        office=message.entry_id,
        officer=message.officer,
        about=about[:_ABOUT_CHARACTERS],
        standing="formal" if message.formal else judged.standing.value,
        reason="" if message.formal else judged.reason,
        waiting_for=() if message.formal else judged.waiting_for,
    )


def _absent(judged: Carried) -> CarriedView:
    return CarriedView(judged.message_id.hex(), 0, "", "", "", judged.standing.value, judged.reason, ())


def _hex(names: tuple[MessageId, ...]) -> tuple[str, ...]:
    return tuple(name.hex() for name in names)
