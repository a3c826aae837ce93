"""A request put up for a second officer: kept on the device that made it until it is released, as shown.

Until then nothing of it is in the outbox, in the case or at the relay, but the copies of its files that the
office's own devices may read. It leaves from the device that made it, when that next synchronises.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rogatory_client.casework.mailbox.assigning import in_force, two_persons_wanted
from rogatory_client.casework.mailbox.releases import Release
from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.effect import Happening, Outcome, SaveMessage
from rogatory_client.engine.office_effect import HoldRequest, LetRequestGo
from rogatory_client.engine.room import Room
from rogatory_client.office.at_home import begin_at_home, said_at_home, say_at_home, written_at_home
from rogatory_client.office.correspondence import Attached, Draft, begin_draft, post, posted, uploads
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.claims import origin_in, require_not_sent
from rogatory_client.office.drafts.sharing import moving
from rogatory_client.office.mailbox.assigning import circle_in
from rogatory_client.office.releases.releasing import Asked, load_asked
from rogatory_client.office.showing import offices_in, view_of_record
from rogatory_client.office.view import MessageView, Progress
from rogatory_client.vault import held_requests
from rogatory_crypto.content.message import Message, verify_message
from rogatory_crypto.content.nested_part import NestedPart
from rogatory_crypto.content.office_work import DraftPlace
from rogatory_crypto.content.outgoing_release import MAX_PUT_UP_BYTES, ReleaseAsked, ReleasePolicySet
from rogatory_crypto.content.rights import RIGHTS, Saying
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.statement import officer_told_apart
from rogatory_crypto.wire.identifier import GroupId

HELD: Final = "to be released"
"""State of a request that waits for a second officer."""


@dataclass(frozen=True, slots=True)
class ReadyRequest:
    """A request that is ready to leave.

    Attributes:
        room: that it goes to, made or still to be made.
        opening: what opens that room, if it is new.
        files: on this computer, in the order of ``attached``.
        draft_id: the draft that it was made from, if there is one.
        subject: of the case.
    """

    room: Room
    draft: Draft
    opening: NestedPart | None
    parts: tuple[NestedPart, ...]
    attached: tuple[Attached, ...]
    files: tuple[Path, ...]
    draft_id: bytes | None
    subject: str
    progress: Progress | None = None


def wants_two_persons(desk: Desk) -> bool:
    """Tell whether the office releases requests by two persons.

    Raises:
        MisuseError: this device has not been let into the office's own room, where that is said.
    """
    is_told = desk.office_room is not None or desk.office_private is not None
    if not is_told and len(desk.registry.devices_of(desk.oneself.entry_id, desk.surroundings.now())) > 1:
        raise MisuseError(
            "whether a second officer of your office releases requests is not known on this device yet: "
            "synchronise here and at another device of the office, then try again"
        )
    return two_persons_wanted(said_at_home(desk, ReleasePolicySet))


def set_policy(desk: Desk, *, two_persons: bool) -> bool:
    """Say whether the office releases requests by two persons; the head says so.

    Raises:
        MisuseError: another role says so, or there are not two officers who may release.
    """
    if two_persons and len(_releasing_officers(desk)) < 2:  # two persons
        raise MisuseError("there is one officer here who may release a request: nothing would ever leave")
    said = in_force(said_at_home(desk, ReleasePolicySet))
    say_at_home(desk, ReleasePolicySet(two_persons, tuple(each.message_id for each in said)))
    return wants_two_persons(desk)


def _releasing_officers(desk: Desk) -> frozenset[str]:
    own = desk.registry.devices_of(desk.oneself.entry_id, desk.surroundings.now())
    entries = (device.entry for device in own)
    return frozenset(
        officer_told_apart(entry.officer) for entry in entries if Saying.REQUEST in RIGHTS[entry.role]
    )


def put_up(desk: Desk, ready: ReadyRequest) -> Message:
    """Put a request up for release, and keep it until then; errors as ``post``.

    Raises:
        MisuseError: it is too large to be shown whole, its draft is put up already, or nobody else of those
            in its case may release it.
    """
    _require_second_officer(desk, ready.room.group_id)
    _require_once(desk, ready.draft_id)
    room, opening = _opened(ready)
    message, _ = post(room, ready.draft, ready.parts, ready.attached)
    _require_alone(desk, message)
    if len(message.encoded) > MAX_PUT_UP_BYTES:
        raise MisuseError(
            "the request is too long to be shown to a second officer: attach the text as a file"
        )
    home, draft = begin_at_home(desk, ready.room.group_id)
    shown = [draft.attach(path, ready.progress) for path in ready.files]
    to = tuple(office for office in offices_in(ready.room, desk) if office != desk.oneself.entry_id)
    asked = ReleaseAsked(room.group_id, to, ready.subject, message.encoded)
    said, outcome = written_at_home(home, draft, (asked,), shown)
    offices = ready.room.offices if opening is not None else ()
    held = HoldRequest(
        *(said.message_id, room.group_id, message.encoded, opening, offices, ready.subject, ready.draft_id)
    )
    kept = Outcome((), (held, *uploads(message, ready.attached)))
    desk.carry_out(merge_outcomes((outcome, kept)))
    return message


def _require_second_officer(desk: Desk, case: GroupId) -> None:
    """Of a limited case only who is in it is told: another of them has to be able to release."""
    circle = frozenset(map(officer_told_apart, circle_in(desk, case)))
    others = _releasing_officers(desk) - {officer_told_apart(desk.oneself.officer)}
    if circle and not circle & others:
        raise MisuseError(
            "no other officer to whom the case is limited may release a request: name one with "
            "`rogatory case restrict`, or let the head switch the release off"
        )


def require_for_everybody(officers: Sequence[str]) -> None:
    """Refuse to show the whole office what is for some of its officers.

    Raises:
        MisuseError: officers are named.
    """
    if officers:
        raise MisuseError(
            "a request that is for some officers only cannot be put up for release, as every device of the "
            "office would be shown it: let the head switch the release off, or open the case to the office"
        )


def view_of_held(desk: Desk, message: Message, room: Room) -> MessageView:
    """Return a request that waits for a second officer, as its message is shown later."""
    outcome = posted(room, message, desk.context())
    record = next(each.message for each in outcome.effects if isinstance(each, SaveMessage))
    return replace(view_of_record(record), state=HELD)


def _opened(ready: ReadyRequest) -> tuple[Room, bytes | None]:
    """Return the room as it will be once it is opened, and what opens it; nothing of that is written."""
    if ready.opening is None:
        return ready.room, None
    context = ready.draft.context
    message, outcome = post(ready.room, begin_draft(ready.room.group_id, context), (ready.opening,))
    return outcome.rooms[0], message.encoded


def _require_alone(desk: Desk, message: Message) -> None:
    """Put nothing up of which another officer has put up the draft already, as far as this device knows."""
    origin = origin_in(message.content)
    for each in load_asked(desk) if origin is not None else ():
        if each.standing in {Release.WAITING, Release.RELEASED} and origin_in(each.message.content) == origin:
            raise MisuseError(
                f"{each.said.officer} has put this draft up for release already: "
                "see `rogatory request releases`"
            )


def _require_once(desk: Desk, draft_id: bytes | None) -> None:
    with desk.vault.reading() as connection:
        held = held_requests.load_held(connection)
    if draft_id is not None and any(each.draft_id == draft_id for each in held):
        raise MisuseError(
            "this draft is put up for release already: see `rogatory request releases`, or hold it back first"
        )


def send_released(desk: Desk) -> None:
    """Let leave what a second officer has released, and what was held back stay; each in one transaction."""
    with desk.vault.reading() as connection:
        held = held_requests.load_held(connection)
    if not held:
        return
    asked = {each.said.message_id: each for each in load_asked(desk)}
    for each in held:
        found = asked.get(each.asked)
        if found is not None:
            _decide(desk, each, found)


def _decide(desk: Desk, held: HoldRequest, asked: Asked) -> None:
    standing, name = asked.answered.standing, asked.message.message_id
    if standing is Release.HELD_BACK:
        text = f"a request was held back by {', '.join(each.officer for each in asked.answered.by)}"
        told = (Happening("warning", None, None, f"{text}: see `rogatory request releases`"),)
        desk.carry_out(Outcome((), (LetRequestGo(held.asked, name, leaves=False),), told))
    if standing is not Release.RELEASED or asked.message.encoded != held.content:
        return
    try:
        leaving = _leaving(desk, held, asked)
    except MisuseError as error:
        text = f"a released request cannot leave: {error}"
        desk.happenings.append(Happening("warning", None, None, text))
        return
    desk.carry_out(leaving)


def _leaving(desk: Desk, held: HoldRequest, asked: Asked) -> Outcome:
    """Return all that has to be written for a request to leave: its case, itself, and its draft put away."""
    context, message, outcomes = desk.context(), asked.message, list[Outcome]()
    room = desk.rooms.get(held.group_id)
    if held.opening is not None and room is None:
        sender, uri = context.oneself.authority, context.uri_of_room(held.group_id)
        opening = verify_message(held.opening, sender_uri=sender, room_uri=uri)
        outcomes.append(posted(Room(GroupId(held.group_id), offices=held.offices), opening, context))
        room = outcomes[0].rooms[0]
    if room is None or room.was_left:
        raise MisuseError("this device is not in its case any more: hold it back, and send it anew")
    if unseen := set(offices_in(room, desk)) - {*asked.said.event.to, desk.oneself.entry_id}:
        named = ", ".join(sorted(unseen))
        raise MisuseError(f"{named} would read it, which was not shown: hold it back, and put it up anew")
    outcomes.append(posted(room, message, context))
    outcomes.append(Outcome((), (LetRequestGo(held.asked, message.message_id, leaves=True),)))
    if held.draft_id is not None:
        require_not_sent(desk, held.draft_id)
        outcomes.append(moving(desk, held.draft_id, DraftPlace.AWAY, message.message_id))
    return merge_outcomes(outcomes)
