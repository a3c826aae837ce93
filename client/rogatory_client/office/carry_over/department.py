"""What an office carries over from a consultation into a request: proposed, answered, and looked at.

Whoever proposes or agrees signs for the own office's messages among them, so that they become provable.
"""

from collections.abc import Collection, Sequence
from typing import Final

from rogatory_client.engine.attesting import attest
from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.effect import FROM_PARTNER, ArchivedMessage
from rogatory_client.engine.room import Room
from rogatory_client.office import reading
from rogatory_client.office.carry_over.record import Agreed, agreed_in, offices_asked
from rogatory_client.office.carry_over.showing import SPOKEN, carry_over_view, is_waited_for
from rogatory_client.office.carry_over.view import CarryOverView
from rogatory_client.office.correspondence import begin_draft, post
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import message_view
from rogatory_client.office.view import MessageView
from rogatory_crypto.casework.carrying_over import Carriage, Proposal
from rogatory_crypto.content.carry_over import MAX_PROPOSED, CarryOverAnswered, CarryOverProposed
from rogatory_crypto.content.events import MAX_CARRIED_OVER, event_part
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId

_SETTLED: Final = frozenset({Carriage.AGREED, Carriage.CARRIED_OVER})


class CarryingOver:
    """Part of an open office; see ``Office.carry_over``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self, room: str) -> CarryOverView:
        """Every message of a case and how it stands to the request, with all proposals.

        Raises:
            MisuseError: there is no such case, or it is no case.
        """
        found = reading.room_of(self._desk, room)
        return carry_over_view(found.group_id, agreed_in(self._desk, found), self._desk.oneself.entry_id)

    def standing(self, room: str) -> dict[str, str]:
        """How each message stands to the request, by its id; errors as ``show``."""
        return {each.message_id: each.standing for each in self.show(room).messages}

    def propose(self, room: str, messages: Sequence[str] = (), *, reasons: str = "") -> MessageView:
        """Propose that messages of a consultation become part of the request.

        Args:
            room: the case.
            messages: by the beginning of their ids; all that were said and are not agreed upon if empty.
            reasons: why.

        Raises:
            MisuseError: one is formal already, is of another case, or can not be carried over.
        """
        desk = self._desk
        found = reading.open_room(desk, room)
        agreed = agreed_in(desk, found)
        chosen = self._named(agreed, messages) if messages else _unsettled(agreed)
        if not chosen:
            raise MisuseError("nothing was said informally in this case that is not agreed upon already")
        for each in chosen:
            _refuse(each, _cannot_be_carried(each))
        names = tuple(each.message_id for each in chosen)
        said = CarryOverProposed(names, _asked(desk, found, chosen), reasons)
        return self._say(found, said, chosen)

    def answer(
        self,
        room: str,
        *,
        proposal: str | None = None,
        agree_to: Sequence[str] | None = None,
        reasons: str = "",
    ) -> MessageView:
        """Answer another office's proposal.

        Args:
            room: the case.
            proposal: by the beginning of its id; the one that waits for this office if None.
            agree_to: messages by the beginning of their ids; all if None, and none refuses.
            reasons: why, or why not.

        Raises:
            MisuseError: no proposal waits, or a message is none of the proposal's.
        """
        found = reading.open_room(self._desk, room)
        agreed = agreed_in(self._desk, found)
        answered = self._proposal(agreed, proposal)
        named = (agreed.messages[name] for name in answered.said.messages if name in agreed.messages)
        # Who proposes names what he likes; this office signs for what people wrote and for nothing else.
        of_it = [each for each in named if _is_no_talk(each) is None]
        chosen = of_it if agree_to is None else self._named(agreed, agree_to)
        if any(each.message_id not in answered.said.messages for each in chosen):
            raise MisuseError("the proposal does not name this message: propose it yourself")
        for each in chosen:
            _refuse(each, _is_no_talk(each))
        names = tuple(each.message_id for each in chosen)
        said = CarryOverAnswered(answered.entry.message_id, names, reasons)
        return self._say(found, said, chosen)

    def _proposal(self, agreed: Agreed, name: str | None) -> Proposal:
        own, proposals = self._desk.oneself.entry_id, agreed.carry_over.proposals
        if name is not None:
            wanted = reading.stored_message(self._desk, name).message_id
            found = [each for each in proposals if each.entry.message_id == wanted]
        else:
            found = [each for each in proposals if is_waited_for(own, agreed, each)]
        if len(found) != 1:
            count = "several proposals wait" if found else "no proposal waits"
            raise MisuseError(f"{count} for an answer of this office: see `rogatory case carry-over show`")
        if found[0].entry.office == own:
            raise MisuseError("this office has made the proposal itself: the others answer it")
        return found[0]

    def _named(self, agreed: Agreed, names: Sequence[str]) -> list[ArchivedMessage]:
        found: dict[MessageId, ArchivedMessage] = {}
        for name in names:
            message_id = MessageId(reading.stored_message(self._desk, name).message_id)
            if message_id not in agreed.messages:
                raise MisuseError(f"the message {name} was said in another case")
            found[message_id] = agreed.messages[message_id]
        return list(found.values())

    def _say(
        self,
        room: Room,
        said: CarryOverProposed | CarryOverAnswered,
        chosen: Collection[ArchivedMessage],
    ) -> MessageView:
        desk, context = self._desk, self._desk.context()
        own = [each for each in chosen if each.entry_id == context.oneself.entry_id]
        for each in own:
            _require_kept(each)
        parts = (event_part(said), *attest(own, context))
        message, outcome = post(room, begin_draft(room.group_id, context), parts)
        desk.carry_out(merge_outcomes((outcome,)))
        return message_view(reading.stored_message(desk, message.message_id.hex()))


def carried_by_next_request(desk: Desk, room: Room) -> tuple[MessageId, ...]:
    """Return the messages that a request in this room carries over: those that all have agreed upon."""
    return agreed_in(desk, room).carry_over.with_standing(Carriage.AGREED)[:MAX_CARRIED_OVER]


def _unsettled(agreed: Agreed) -> list[ArchivedMessage]:
    settled = set(agreed.carry_over.with_standing(*_SETTLED))
    return [
        each
        for name, each in agreed.messages.items()
        if name not in settled and _cannot_be_carried(each) is None
    ][:MAX_PROPOSED]


def _is_no_talk(message: ArchivedMessage) -> str | None:
    if message.formal:
        return "it is formal already"
    if message.kind not in SPOKEN:
        return "it is nothing that was said to the other office"
    return None


def _cannot_be_carried(message: ArchivedMessage) -> str | None:
    if message.sequence == FROM_PARTNER:
        return _is_no_talk(message) or "this office has it from others only"
    return _is_no_talk(message)


def _refuse(message: ArchivedMessage, reason: str | None) -> None:
    if reason is not None:
        raise MisuseError(f"the message {message.message_id.hex()[:12]} cannot be carried over: {reason}")


def _require_kept(message: ArchivedMessage) -> None:
    """Sign for nothing that only others say this office has said."""
    if message.sequence == FROM_PARTNER:
        raise MisuseError(
            f"this office has its message {message.message_id.hex()[:12]} from others only, and cannot sign "
            "for it: agree to the rest"
        )


def _asked(desk: Desk, room: Room, chosen: Sequence[ArchivedMessage]) -> tuple[EntryId, ...]:
    """Return every office but guests that was there when the last of it was said; an author is asked anyhow.

    A device that came later does not know since when the others are in the room, and asks them all.
    """
    own = room.seat_of(desk.oneself.entry_id)
    latest = max((each.at_ms for each in chosen), default=0)
    until = max(latest, own.since_ms if own else 0)
    came_later = {seat.entry_id for seat in room.seats if seat.since_ms > until}
    present = offices_asked(desk, room) - came_later
    return tuple(sorted(present | {desk.oneself.entry_id}))
