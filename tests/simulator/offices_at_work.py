"""Three offices with six devices in one case, and what their officers may take it into their heads to do."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from hypothesis import strategies as st
from tests.simulator.test_lifecycle_office_key import join
from tests.simulator.test_story import A, B, C, world_with
from tests.simulator.world import World

from rogatory_client.office import MessageView, Office
from rogatory_client.office.urgent.oral_noting import Call
from rogatory_crypto.casework import State
from rogatory_crypto.identity import Role

CASE: Final = "SN/2"
SECOND, DUTY, CLERK = "second", "duty", "clerk"
DEVICES: Final = (A, SECOND, B, DUTY, CLERK, C)
OFFICE_OF: Final = {A: A, SECOND: A, B: B, DUTY: B, CLERK: B, C: C}
DAY: Final = "2026-12-31"
BEGUN_ON: Final = "2026-11-18"


async def opened(folder: Path) -> World:
    """A request of A to B and C; all devices have read it."""
    world = await world_with(folder, A, B, C)
    await join(world, SECOND, "second officer", Role.CASE_OFFICER, A)
    await join(world, DUTY, "duty officer", Role.DUTY_OFFICER, B)
    await join(world, CLERK, "clerk", Role.CLERK, B)
    (folder / "letter.pdf").write_bytes(b"%PDF-1.7 letter")
    async with world.at(A) as office:
        await office.sync()
        request(office, to=(B, C), subject="Company records")
        await office.sync()
    for name in (*DEVICES, *DEVICES):
        await world.sync(name)
    return world


def request(office: Office, **where: Any) -> MessageView:
    letter = office._desk.vault.home.parent / "letter.pdf"
    return office.submit_request(
        request_type="banking_records", legal_basis="UNTOC 18", reference=CASE, letter=letter, **where
    )


def words(office: Office) -> dict[str, Any]:
    """What any change of state may need; the messages are the last ones that were written."""
    texts = [each for each in office.messages(CASE) if each.text]
    own = [each for each in texts if each.own]
    return {
        "reasons": "Because.",
        "points": ["One."],
        "ground": "essential_interests",
        "consultation": texts[-1].message_id if texts else None,
        "message": own[-1].message_id if own else None,
        "confidentiality": "can_keep",
        "due": DAY,
    }


def go_on(office: Office, draw: Callable[..., Any]) -> MessageView | None:
    """Do what this device believes may be done next."""
    steps = office.cases.state(CASE).next_steps
    if not steps:
        return None
    state = draw(st.sampled_from(steps)).state
    match state:
        case State.ACKNOWLEDGED:
            return office.acknowledge(CASE, f"{office.identity.entry_id}/9")
        case State.SENT:
            return request(office, room=CASE, text="Once more.")
    return office.cases.set_state(CASE, state, line=draw(st.sampled_from([None, B, C])), **words(office))


def decide(office: Office, draw: Callable[..., Any]) -> MessageView | None:
    conflict = office.cases.state(CASE).conflict
    return office.cases.settle(CASE, draw(st.sampled_from(conflict)).state) if conflict else None


def forge(office: Office, draw: Callable[..., Any]) -> MessageView:
    """Say, signed, what cannot be: the program was changed and no longer asks whether it is valid."""
    with patch("rogatory_client.office.cases.stating.require_valid", lambda *_: None):
        state = draw(st.sampled_from(sorted({*State} - {State.SENT, State.ACKNOWLEDGED})))
        return office.cases.set_state(CASE, state, **words(office))


def usurp(office: Office, draw: Callable[..., Any]) -> MessageView:
    """The same as the role says nothing of the kind, and the program no longer asks for that either."""
    with patch("rogatory_client.engine.interpretation.require_right", lambda *_: None):
        return forge(office, draw)


def withdraw_deadline(office: Office, draw: Callable[..., Any]) -> MessageView | None:
    named = [each.message_id for each in office.cases.deadlines(CASE) if each.message_id]
    return office.cases.withdraw_deadline(CASE, draw(st.sampled_from(named))) if named else None


Act = Callable[[Office, Callable[..., Any]], MessageView | None]
TALK: Final[Mapping[str, Act]] = {
    "go on": go_on,
    "say": lambda office, _: office.reply(CASE, "May we ask?"),
    "go on again": go_on,
    "decide": decide,
    "forge": forge,
    "enquire": lambda office, _: office.cases.enquire(CASE, due=DAY),
    "answer": lambda office, _: office.cases.answer_enquiry(CASE, "Soon.", expected=DAY),
    "tell progress": lambda office, _: office.cases.tell_progress(CASE, "On its way.", expected=DAY),
    "set a deadline": lambda office, draw: office.cases.set_deadline(
        CASE, "hearing", DAY, acts=draw(st.sampled_from([A, B, C]))
    ),
    "withdraw a deadline": withdraw_deadline,
    "end a presence": lambda office, _: office.urgent.presence_ended(CASE, BEGUN_ON),
    "note a call": lambda office, _: office.urgent.note_call(CASE, Call("Freeze the account.")),
    "propose to carry over": lambda office, _: office.carry_over.propose(CASE),
}
AT_HOME: Final[Mapping[str, Callable[[Office], object]]] = {
    "note": lambda office: office.mailbox.note(CASE, "Between us."),
    "take": lambda office: office.mailbox.take(CASE),
    "release": lambda office: office.mailbox.release(CASE),
    "be away": lambda office: office.mailbox.set_deputy(*away(office)),
    "hold": lambda office: office.retention.hold(CASE, "Asked."),
    "lift": lambda office: office.retention.lift_hold(CASE, "Over."),
}


def away(office: Office) -> tuple[str, str | None, str, str]:
    """Who is away, and for whom somebody stands in."""
    others = [each.officer for each in office.devices() if each.officer != office.identity.officer]
    return office.identity.officer or "", others[0] if others else None, "2026-11-20", "2026-12-20"


def at_home(say: Callable[[Office], object]) -> Act:
    def act(office: Office, _: Callable[..., Any]) -> None:
        say(office)

    return act


ACTS: Final[Mapping[str, Act]] = {**TALK, **{name: at_home(say) for name, say in AT_HOME.items()}}


def shared(office: Office) -> tuple[object, ...]:
    """What all offices must see alike."""
    view = office.cases.state(CASE)
    due = {(each.what, each.at, each.acts, each.message_id) for each in office.cases.deadlines(CASE)}
    said = [(each.message_id, each.at_ms, each.kind, each.text) for each in office.messages(CASE)]
    return (
        *(view.requesting, view.references, view.lines, view.changes, view.enquiries, view.attempts),
        *(view.wishes, view.to_confirm, view.notes, office.room(CASE).references, due, said),
    )


def internal(office: Office) -> tuple[object, ...]:
    """What all devices of one office must see alike: where it stands with who asks, and its own work."""
    view, holds = office.cases.state(CASE), office.retention.holds(CASE)
    stands = (view.state, view.since_ms, view.conflict, view.closed_by)
    return (
        *stands,
        office.mailbox.notes(CASE),
        office.mailbox.assignment(CASE),
        holds,
        office.mailbox.deputies(),
    )
