"""Urgent work between offices: calls confirmed in writing, pressing step by step, cases that go on."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.simulator.test_life_cycle import link, slip_in
from tests.simulator.test_story import NET, A, B, C, world_with
from tests.simulator.world import Adversary, World

from rogatory_client.casework.drafts.preserving import PreservationForm
from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.writing import write
from rogatory_client.office import Office
from rogatory_client.office.correspondence import begin_draft, post, posted
from rogatory_client.office.register.view import RegisterFilter
from rogatory_client.office.urgent.escalating import NOTICE_SUBJECT
from rogatory_client.office.urgent.oral_noting import Call
from rogatory_crypto.content.events import event_part
from rogatory_crypto.content.nested_part import NestedPart
from rogatory_crypto.content.urgent import CaseLinked, EscalationNotice, OralRequest, PresenceEnded
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import EntryId, GroupId

CASE, HOUR, DAY = "SN/2", 3_600, 86_400
CONFIRMATION = "written confirmation of an oral request"
PRESERVATION = "preservation_of_computer_data"
SECRET = "The account of the minister"


def ask(
    office: Office,
    folder: Path,
    reference: str = CASE,
    urgency: str = "urgent",
    request_type: str = "banking_records",
    room: str | None = None,
    draft: str | None = None,
    to: Sequence[str] = (B,),
) -> str:
    """A formal request, straight to B or others, or in a case."""
    letter = folder / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    sent = office.submit_request(
        request_type=request_type,
        legal_basis="UNTOC 18",
        reference=reference,
        letter=letter,
        urgency=urgency,
        room=room,
        to=() if room else to,
        subject=None if room else SECRET,
        draft=draft,
    )
    return sent.message_id


async def both(world: World, *names: str) -> None:
    for name in (*names, *names):
        await world.sync(name)


async def asked_urgently(folder: Path, *others: str, urgency: str = "urgent") -> World:
    world = await world_with(folder, A, B, *others)
    async with world.at(A) as office:
        await office.sync()
        ask(office, folder, urgency=urgency)
        await office.sync()
    await both(world, B, A)
    return world


async def test_a_request_is_pressed_step_by_step_until_anybody_acknowledges(tmp_path: Path) -> None:
    """A Wednesday at eleven; both offices and the secretariat are at work until five."""
    world = await asked_urgently(tmp_path)
    async with world.at(A) as office:
        (view,) = office.urgent.escalation(CASE)
        assert [(step.who, step.is_due) for step in view.steps] == [
            ("duty_officer", True),
            ("deputy", False),
            ("secretariat", False),
        ]
        assert view.since is not None
        assert [step.at - view.since for step in view.steps] == [0, 2 * HOUR, 4 * HOUR]
        duty, _, last = view.steps
        assert set(duty.clocks) == {A, B}
        assert duty.contacts[:2] == ("+233100000102", "duty@attorney-general.gov.gh.example")
        assert (duty.is_there, last.entry) == (True, NET)
        assert view.procedure.startswith("Call the duty officer")
        assert office.urgent.to_press() == ()
        with pytest.raises(
            MisuseError, match=r"it is for the secretariat from 2026-11-18 .* Africa/Dakar on"
        ):
            office.urgent.tell_secretariat(CASE)
        world.now += 2 * HOUR
        (pressed,) = office.urgent.to_press()
        assert [step.who for step in pressed.steps if step.is_due] == ["duty_officer", "deputy"]
    async with world.at(B) as office:
        office.acknowledge(CASE, "GH/9")
        await office.sync()
    await world.sync(A)
    world.now += 5 * HOUR
    async with world.at(A) as office:
        (ended,) = office.urgent.escalation(CASE)
        assert (ended.waiting, any(step.is_due for step in ended.steps)) == (False, False)
        assert ended.ended_at is not None
        assert office.urgent.to_press() == ()
        with pytest.raises(MisuseError, match="nothing waits"):
            office.urgent.tell_secretariat(CASE)


async def test_the_devices_alert_the_duty_officer_first_then_deputies_then_the_head(tmp_path: Path) -> None:
    world = await asked_urgently(tmp_path)
    async with world.at(B) as office:
        (alert,) = office.urgent.alerts()
        assert alert.is_for_this_officer  # nobody else is there
    await link(world, B, "duty", Role.DUTY_OFFICER)
    await link(world, B, "second")
    await both(world, B, "duty", "second")
    async with world.at(B) as office:
        (alert,) = office.urgent.alerts()
        begun = alert.since
    seen = []
    # An hour later the deputies are at lunch, until one o'clock.
    for minutes in (0, 60, 115, 120):
        world.now = max(world.now, begun + minutes * 60 + 1)
        row = []
        for name in ("duty", "second", B):
            async with world.at(name) as office:
                (alert,) = office.urgent.alerts()
                assert (alert.requesting, alert.since) == (A, begun)
                row.append(alert.is_for_this_officer)
        seen.append(row)
    only_duty, deputies_too = [True, False, False], [True, True, False]
    assert seen == [only_duty, only_duty, deputies_too, [True, True, True]]
    async with world.at("duty") as office:
        office.acknowledge(CASE, "GH/9")
        assert office.urgent.alerts() == ()
        await office.sync()
    for name in (B, "second"):
        await world.sync(name)
        async with world.at(name) as office:
            assert office.urgent.alerts() == ()
    async with world.at(A) as office:
        assert office.urgent.alerts() == ()


async def test_a_secretariat_learns_from_whom_to_whom_and_since_when_and_nothing_else(tmp_path: Path) -> None:
    world = await asked_urgently(tmp_path, NET, urgency="emergency")
    world.now += HOUR
    async with world.at(B) as office:
        with pytest.raises(MisuseError, match="only who has asked tells a secretariat"):
            office.urgent.tell_secretariat(CASE)
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="no network 'NOWHERE'"):
            office.urgent.tell_secretariat(CASE, "NOWHERE")
        since = office.urgent.escalation(CASE)[0].since
        told = office.urgent.tell_secretariat(CASE)
        row = office._desk
        with row.vault.reading() as connection:
            content = connection.exec_driver_sql(
                "SELECT content FROM messages WHERE message_id = ?", (bytes.fromhex(told.message_id),)
            ).scalar_one()
        for word in (CASE, SECRET, "banking", "letter", "UNTOC"):
            assert word.encode() not in content
        assert bytes.fromhex(office.room(CASE).room_id) not in content
        await office.sync()
    await world.sync(NET)
    async with world.at(NET) as office:
        (room,) = [each for each in office.rooms() if each.kind == "consultation"]
        assert (room.subject, room.references, set(room.offices)) == (NOTICE_SUBJECT, {}, {A, NET})
        (notice,) = office.messages(room.room_id)
        assert notice.sender == A
        assert set(notice.details) == {"urgent_request_to", "waits_since"}
        assert notice.details["urgent_request_to"] == B
        assert (notice.formal, notice.text, notice.attachments) == (False, "", ())
    assert since is not None
    assert world.notes(NET) == []


async def test_a_notice_to_a_secretariat_is_refused_in_a_formal_case(tmp_path: Path) -> None:
    world = await asked_urgently(tmp_path)
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="outside of a consultation"):
            slip_in(office, (event_part(EscalationNotice(EntryId(B), 1)),))


async def test_nothing_is_pressed_in_a_routine_case_or_before_it_has_left(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        ask(office, tmp_path, "SN/1", "routine")
        ask(office, tmp_path)
        with pytest.raises(MisuseError, match="nothing urgent was asked"):
            office.urgent.escalation("SN/1")
        (waiting,) = office.urgent.escalation(CASE)
        assert (waiting.since, waiting.steps) == (None, ())


async def test_each_of_several_offices_asked_is_pressed_until_it_has_acted_itself(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B, C, NET)
    async with world.at(A) as office:
        await office.sync()
        ask(office, tmp_path, urgency="emergency", to=(B, C))
        await office.sync()
    await both(world, B, C, A)
    for name in (B, C):
        async with world.at(name) as office:
            assert [alert.requesting for alert in office.urgent.alerts()] == [A]
    async with world.at(B) as office:
        office.acknowledge(CASE, "GH/9")
        await office.sync()
        assert office.urgent.alerts() == ()
    await both(world, A, C)
    world.now += HOUR
    async with world.at(C) as office:
        assert [alert.is_for_this_officer for alert in office.urgent.alerts()] == [True]
    async with world.at(A) as office:
        found = {view.requested: view for view in office.urgent.escalation(CASE)}
        assert {name: view.waiting for name, view in found.items()} == {B: False, C: True}
        assert all(set(step.clocks) == {A, C} for step in found[C].steps)
        assert [view.requested for view in office.urgent.to_press()] == [C]
        with pytest.raises(MisuseError, match="CNA-SN-01 was not asked"):
            office.urgent.tell_secretariat(CASE, office=A)
        with pytest.raises(MisuseError, match="somebody has acted"):
            office.urgent.tell_secretariat(CASE, office=B)
        told = office.urgent.tell_secretariat(CASE)
        assert told.details["urgent_request_to"] == C


async def test_which_office_a_secretariat_is_told_of_is_named_where_several_have_not_acted(
    tmp_path: Path,
) -> None:
    world = await world_with(tmp_path, A, B, C, NET)
    async with world.at(A) as office:
        await office.sync()
        ask(office, tmp_path, urgency="emergency", to=(B, C))
        await office.sync()
        world.now += HOUR
        with pytest.raises(MisuseError, match=f"it waits at {B} and {C}: name one office"):
            office.urgent.tell_secretariat(CASE)
        assert office.urgent.tell_secretariat(CASE, office=B).details["urgent_request_to"] == B


def call(memo: str = "Freeze the account.", **fields: object) -> Call:
    return Call(memo, **fields)  # type: ignore[arg-type]  # fields of a call


async def dues(world: World, name: str) -> list[tuple[str, str, bool]]:
    async with world.at(name) as office:
        return [(due.what, due.acts, due.overdue) for due in office.cases.deadlines("SN/1")]


async def called(folder: Path) -> World:
    """A has called B, and both have noted it."""
    world = await world_with(folder, A, B, C)
    async with world.at(A) as office:
        await office.sync()
        office.urgent.begin_with_call(B, call(their_function="duty officer"), "An account", "SN/1")
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        office.urgent.note_call("SN/1", call("As we understood it.", by_them=True))
        await office.sync()
    await world.sync(A)
    return world


async def test_a_call_is_due_in_writing_and_the_request_in_its_case_confirms_it(tmp_path: Path) -> None:
    """18(14)."""
    world = await called(tmp_path)
    for name in (A, B):
        assert await dues(world, name) == [(CONFIRMATION, A, False)]
        async with world.at(name) as office:
            notes = office.urgent.calls("SN/1")
            assert [(note.noted_by, note.caller, note.called) for note in notes] == [(A, A, B), (B, A, B)]
            assert notes[0].called_function == "duty officer"
            assert office.cases.state("SN/1").requesting == A
    world.now += DAY + 60
    for name in (A, B):
        assert await dues(world, name) == [(CONFIRMATION, A, True)]
    async with world.at(A) as office:
        (line,) = office.urgent.reminders()
        assert (line.what, line.overdue, line.reference) == (CONFIRMATION, True, "SN/1")
        written = ask(office, tmp_path, "SN/1", room="SN/1")
        await office.sync()
    await both(world, B, A)
    for name in (A, B):
        assert CONFIRMATION not in {what for what, _, _ in await dues(world, name)}
        async with world.at(name) as office:
            assert {note.confirmed_by for note in office.urgent.calls("SN/1")} == {written}
            state = office.cases.state("SN/1")
            assert (state.state, state.attempts) == ("delivered", ())
    async with world.at(A) as office:
        assert office.urgent.reminders() == ()
        with pytest.raises(MisuseError, match="a request is under way in this case"):
            office.urgent.note_call("SN/1", call())
    assert world.notes(A) + world.notes(B) == []


async def test_what_is_no_call_is_refused_before_it_is_said(tmp_path: Path) -> None:
    world = await called(tmp_path)
    async with world.at(A) as office:
        office.start_consultation([B], "Records", "May we ask?", reference="SN/5")
        with pytest.raises(MisuseError, match="no consultation"):
            office.urgent.note_call("SN/5", call())
        with pytest.raises(MisuseError, match="still to come"):
            office.urgent.note_call("SN/1", call(made_at=int(world.now) + 3_600))
        with pytest.raises(MisuseError, match="no formal request may be addressed"):
            await _enrolled(world, office)
        for memo in ("", "   ", "x" * 20_001):
            with pytest.raises(MisuseError):
                office.urgent.note_call("SN/1", call(memo))
        with pytest.raises(MisuseError, match="name one or more other offices"):
            office.urgent.begin_with_call(A, call(), "An account")


async def _enrolled(world: World, office: Office) -> None:
    await world.enrol(NET)
    await office.sync()
    office.urgent.begin_with_call(NET, call(), "An account")


async def test_a_forged_call_is_shown_to_all_and_changes_nothing(tmp_path: Path) -> None:
    world = await called(tmp_path)
    async with world.at(B) as office:
        desk = office._desk
        group_id, context = GroupId(bytes.fromhex(office.room("SN/1").room_id)), desk.context()
        room, message = desk.rooms[group_id], int(world.now)

        def say(event: OralRequest | PresenceEnded, *, signed: bool = True) -> str:
            if signed:
                return slip(office, "SN/1", (event_part(event),))
            message = write((event_part(event),), group_id, context)
            desk.carry_out(merge_outcomes((posted(room, message, context),)))
            desk.reload()
            return message.message_id.hex()

        forged = {
            say(OralRequest(message, EntryId(C), "", EntryId(A), "", "Freeze.")): "only who called",
            say(OralRequest(message + DAY, EntryId(B), "", EntryId(A), "", "Freeze.")): "still to come",
            say(OralRequest(message, EntryId(B), "", EntryId(A), "", "Freeze."), signed=False): "not signed",
            say(PresenceEnded("2026-11-18", None, "")): "only who asked the person",
        }
        await office.sync()
    for name in (A, B):
        await world.sync(name)
        async with world.at(name) as office:
            attempts = {each.message_id: each.reason for each in office.cases.state("SN/1").attempts}
            assert set(attempts) == set(forged)
            assert all(words in attempts[each] for each, words in forged.items())
        assert await dues(world, name) == [(CONFIRMATION, A, False)]


def slip(office: Office, case: str, parts: Sequence[NestedPart]) -> str:
    desk = office._desk
    room = desk.rooms[GroupId(bytes.fromhex(office.room(case).room_id))]
    message, outcome = post(room, begin_draft(room.group_id, desk.context()), parts)
    desk.carry_out(merge_outcomes((outcome,)))
    desk.reload()
    return message.message_id.hex()


async def test_a_clerk_notes_no_call_and_tells_no_secretariat(tmp_path: Path) -> None:
    world = await called(tmp_path)
    await link(world, A, "clerk", Role.CLERK)
    async with world.at("clerk") as office:
        with pytest.raises(MisuseError, match="role clerk may not note an oral request"):
            office.urgent.note_call("SN/1", call())
        with pytest.raises(MisuseError, match="role clerk may not"):
            office.urgent.begin_with_call(B, call(), "An account")


@pytest.mark.parametrize("seed", range(2))
async def test_breaking_lines_and_kills_lose_and_double_no_call(tmp_path: Path, seed: int) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.urgent.begin_with_call(B, call(), "An account", "SN/1")
    world.chance.seed(seed)
    world.adversary = Adversary(world.chance, break_one_in=14, kill_one_in=23)
    for name in (A, B, A):
        await world.sync(name)
    world.adversary = Adversary(world.chance)
    async with world.at(B) as office:
        office.urgent.note_call("SN/1", call("As we understood it.", by_them=True))
    world.adversary = Adversary(world.chance, break_one_in=14, kill_one_in=23)
    for name in (B, A, B):
        await world.sync(name)
    world.adversary = Adversary(world.chance)
    async with world.at(A) as office:
        ask(office, tmp_path, "SN/1", room="SN/1")
    world.adversary = Adversary(world.chance, break_one_in=14, kill_one_in=23)
    for name in (A, B, A):
        await world.sync(name)
    world.adversary = Adversary(world.chance)
    await both(world, A, B)
    shown = []
    for name in (A, B):
        async with world.at(name) as office:
            notes = office.urgent.calls("SN/1")
            shown.append([(note.noted_by, note.memo, note.confirmed_by) for note in notes])
        assert world.notes(name) == []
    assert shown[0] == shown[1]
    assert len(shown[0]) == 2
    assert None not in {confirmed for _, _, confirmed in shown[0]}


FORM = PreservationForm(
    "user@mail.example",
    "Mail Example Ltd, Accra",
    "Fraud by e-mail",
    "On 20 November a bank was deceived by e-mails into paying to an account in Accra.",
    "The e-mails came from this account.",
    "The provider deletes its logs after seven days.",
)
END = "end of preservation"


async def preserved(folder: Path) -> World:
    """B has preserved data at A's request, filed by A as SN/7."""
    world = await world_with(folder, A, B)
    async with world.at(A) as office:
        await office.sync()
        draft = office.drafts.preserve(B, FORM, "SN/7")
        ask(office, folder, "SN/7", request_type=PRESERVATION, draft=draft.draft_id)
        await office.sync()
    await executed(world, "SN/7", "GH/70")
    return world


async def executed(world: World, case: str, reference: str) -> None:
    async with world.at(B) as office:
        await office.sync()
        office.acknowledge(case, reference)
        office.cases.set_state(case, "under_review")
        office.cases.set_state(case, "in_execution", confidentiality="can_keep")
        result = office.reply(case, "Preserved.")
        office.cases.set_state(case, "executed", message=result.message_id)
        await office.sync()
    await world.sync(A)


async def ends(world: World, name: str) -> dict[str, int]:
    """By the own reference of its case, when preserved data is let go."""
    async with world.at(name) as office:
        return {
            office.room(due.room_id).references[A]: due.at
            for due in office.cases.deadlines()
            if due.what == END
        }


async def test_an_extension_fills_in_what_is_known_and_moves_the_end(tmp_path: Path) -> None:
    """BUDAPEST 29(7); T-CY template for article 29."""
    world = await preserved(tmp_path)
    first = (await ends(world, A))["SN/7"]
    world.now += 50 * DAY
    async with world.at(A) as office:
        (line,) = office.urgent.reminders()
        assert (line.what, line.days_left, line.overdue) == (END, 10, False)
        draft = office.drafts.new(PRESERVATION, B, follows="SN/7", relation="extension")
        assert draft.answers["preservation_status"] == "extension"
        assert draft.answers["previous_preservation_ref"] == "SN/7"
        assert draft.answers["target_identifiers"] == [{"value": "user@mail.example"}]
        assert "own_reference" not in draft.answers
        ask(office, tmp_path, "SN/8", request_type=PRESERVATION, draft=draft.draft_id)
        await office.sync()
    await both(world, B, A)
    assert await ends(world, A) == {"SN/7": first}
    for name, known in ((A, {"SN/7": END}), (B, {"SN/7": END})):
        assert (await next_in_register(world, name)).items() >= known.items()
    await executed(world, "SN/8", "GH/80")
    for name in (A, B):
        moved = await ends(world, name)
        assert set(moved) == {"SN/8"}
        assert await next_in_register(world, name) == {"SN/7": None, "SN/8": END}
        assert moved["SN/8"] == first + 50 * DAY
        async with world.at(name) as office:
            (back,) = office.urgent.links("SN/8")
            assert (back.is_later, back.relation, back.reason) == (False, "extension", "")
            assert back.references == {A: "SN/7", B: "GH/70"}
            (on,) = office.urgent.links("SN/7")
            assert (on.is_later, on.references) == (True, {A: "SN/8", B: "GH/80"})
    async with world.at(A) as office:
        assert office.urgent.reminders() == ()


async def next_in_register(world: World, name: str) -> dict[str, str | None]:
    """What is due next in each case, by A's reference; digests are read where they are kept."""
    async with world.at(name) as office:
        office.register.page(RegisterFilter())
        rows = office.register.page(RegisterFilter()).rows
        return {
            office.room(row.room_id).references[A]: None if row.next is None else row.next.what
            for row in rows
        }


async def test_a_request_for_the_data_keeps_it_until_it_is_decided(tmp_path: Path) -> None:
    world = await preserved(tmp_path)
    async with world.at(A) as office:
        draft = office.drafts.new("production_of_traffic_data", B, follows="SN/7")
        assert "SN/7" in str(draft.answers["related_requests"])
        ask(office, tmp_path, "SN/8", request_type="production_of_traffic_data", draft=draft.draft_id)
        assert set(await ends_at(office)) == {"SN/7"}
        await office.sync()
    await both(world, B, A)
    for name in (A, B):
        assert await ends(world, name) == {}


async def ends_at(office: Office) -> list[str]:
    found = [due for due in office.cases.deadlines() if due.what == END]
    return [office.room(due.room_id).references[A] for due in found]


async def test_who_has_not_asked_goes_on_from_nothing(tmp_path: Path) -> None:
    world = await preserved(tmp_path)
    async with world.at(B) as office:
        earlier = GroupId(bytes.fromhex(office.room("SN/7").room_id))
        with pytest.raises(MisuseError, match="only who has asked goes on from it"):
            office.drafts.new(PRESERVATION, A, follows="SN/7", relation="extension")
        slip(office, "SN/7", (event_part(CaseLinked("extension", earlier)),))
        office.urgent.begin_with_call(A, call(), "Another matter", "GH/99")
        for link_said in (CaseLinked("extension", earlier), CaseLinked("renewal", earlier)):
            slip(office, "GH/99", (event_part(link_said),))
        await office.sync()
    await both(world, A, B)
    for name in (A, B):
        assert set(await ends(world, name)) == {"SN/7"}
        async with world.at(name) as office:
            reasons = {each.reason for each in office.urgent.links("SN/7")}
            assert reasons == {
                "a case does not go on from itself",
                f"{B} has not asked in the earlier case",
                "'renewal' is no way to go on from a case",
            }


async def test_what_an_extension_cannot_go_on_from_is_refused(tmp_path: Path) -> None:
    world = await preserved(tmp_path)
    async with world.at(A) as office:
        office.start_consultation([B], "Records", "May we ask?", reference="SN/5")
        with pytest.raises(MisuseError, match="nothing was asked formally"):
            office.drafts.new(PRESERVATION, B, follows="SN/5")
        with pytest.raises(MisuseError, match="extension is a request of the same type"):
            office.drafts.new("taking_evidence", B, follows="SN/7", relation="extension")
        with pytest.raises(MisuseError, match="as extension or follow-up, not as 'renewal'"):
            office.drafts.new(PRESERVATION, B, follows="SN/7", relation="renewal")
        with pytest.raises(MisuseError, match="no case with the reference"):
            office.drafts.new(PRESERVATION, B, follows="SN/404")


async def test_free_days_of_a_state_count_for_its_offices(tmp_path: Path) -> None:
    world = await asked_urgently(tmp_path)
    async with world.at(B) as office:
        (before,) = office.cases.deadlines(CASE)
        office.urgent.set_free_days('[GH]\nmoves = true\ndays = ["2026-11-19", "2026-11-20"]\n')
        (after,) = office.cases.deadlines(CASE)
        assert after.at - before.at == 4 * DAY
        office.urgent.set_free_days('[SN]\ndays = ["2026-12-25"]\n')
        assert office.cases.deadlines(CASE) == (after,)
        for text in ("[Ghana]\ndays = []", '[GH]\ndays = ["soon"]', "GH = 1", "[GH", '[GH]\nfree = ["x"]'):
            with pytest.raises(MisuseError):
                office.urgent.set_free_days(text)
        assert office.cases.deadlines(CASE) == (after,)
        assert set(office.urgent.free_days()) == {"GH", "SN"}


async def test_a_reminder_is_for_who_works_on_the_case_and_then_for_the_head(tmp_path: Path) -> None:
    world = await called(tmp_path)
    await link(world, A, "second")
    await both(world, A, "second")
    async with world.at("second") as office:
        worker = office.identity.officer
        office.mailbox.take("SN/1")
        await office.sync()
    await world.sync(A)
    seen = []
    for passed in (DAY + 60, DAY // 2):
        world.now += passed
        row = []
        for name in (A, "second"):
            async with world.at(name) as office:
                (line,) = office.urgent.reminders()
                assert worker in line.whom
                row.append(line.is_for_this_officer)
        seen.append(row)
    assert seen == [[False, True], [True, True]]
