"""The register says of each case what the case itself says, whatever has happened and however it came."""

import csv
import io
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import openpyxl
import pytest
from sqlalchemy import select
from tests.simulator.test_life_cycle import CASE, link, taken_in_hand
from tests.simulator.test_story import A, B, C, world_with
from tests.simulator.world import World

from rogatory_client.casework.deadlines.of_case import acted_at, deadlines_of
from rogatory_client.casework.deadlines.reminders import reminder_of
from rogatory_client.casework.forms.catalogue import type_ids
from rogatory_client.casework.retention.rules import read_rules, retention
from rogatory_client.engine.room import Room
from rogatory_client.office import Office, RegisterFilter
from rogatory_client.office.cases import deadlines as case_deadlines
from rogatory_client.office.cases.continuing import later_cases
from rogatory_client.office.cases.digesting import digests
from rogatory_client.office.cases.record import timeline_of
from rogatory_client.office.desk import Desk
from rogatory_client.office.retention import due as retention_due
from rogatory_client.office.showing import offices_in
from rogatory_client.vault.case_digests import load_digests
from rogatory_client.vault.register_schema import case_digests
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import GroupId

EVERY = RegisterFilter(consultations=True)
DAY = 86_400
RULES = """
[talks]
case = "consultation"
after = "last_message"
months = 1
[assistance]
case = "request"
after = "closed"
months = 1
"""


def agree(office: Office) -> None:
    """What is remembered of each case is what is computed from its messages now."""
    every = office.cases.deadlines()
    for row in office.register.page(EVERY, limit=1000).rows:
        state = office.cases.state(row.room_id)
        dues = office.cases.deadlines(row.room_id)
        assert tuple(each for each in every if each.room_id == row.room_id) == dues
        due = next(iter(dues), None)
        assert (row.state, row.in_conflict) == (state.state, bool(state.conflict))
        assert (row.direction == "outgoing") == (state.side == "requesting")
        told = None if row.next is None else (row.next.what, row.next.at, row.next.acts, row.next.overdue)
        assert told == (None if due is None else (due.what, due.at, due.acts, due.overdue))
        assert row.next is None or due is None or row.next.clocks == due.clocks
        assert set(state.references.values()) <= {row.own_reference, *(row.their_reference or "").split(", ")}


def agree_on_lists(office: Office) -> None:
    """What is told of all cases at once is what their timelines say, one by one."""
    desk, rules = office._desk, read_rules(RULES, type_ids())
    timelines = case_deadlines.calendar(desk, None, {}, referenced=True)
    assert office.cases.calendar(referenced=True) == timelines
    for view in office.retention.due(RULES):
        facts = retention_due.facts_of(desk, desk.rooms[GroupId(bytes.fromhex(view.room_id))])
        found = retention(facts, rules, retention_due.today(desk))
        assert view.against == found.against
        assert view.due == (None if found.due is None else found.due.isoformat())
    told = {(each.room_id, each.what, each.at, each.days_left) for each in office.urgent.reminders()}
    rooms = [room for room in case_deadlines.cases_named(desk, None) if not room.was_left]
    assert told == {each for room in rooms for each in reminded(desk, room)}


def reminded(desk: Desk, room: Room) -> Iterator[tuple[str, str, int, int]]:
    timeline, calendars = timeline_of(desk, room), case_deadlines.calendars_of(desk, room)
    own, now = desk.oneself.entry_id, desk.surroundings.now()
    later = later_cases(desk, room)
    for due in deadlines_of(timeline, offices_in(room, desk), calendars, None, later):
        came = reminder_of(due, calendars[own], now, acted_at(timeline, own)) if due.acts == own else None
        if came is not None:
            yield room.group_id.hex(), due.what, due.at, came.days_left


class Players:
    """Two offices that do what comes to their minds."""

    def __init__(self, world: World, folder: Path, chance: Random) -> None:
        self.world, self.chance = world, chance
        self.letter = folder / "letter.pdf"
        self.letter.write_bytes(b"%PDF-1.7 letter")
        self.cases = 0

    async def step(self) -> None:
        self.world.now += 1  # what one office says twice has an order by the relay's time alone
        name, act = self.chance.choice((A, B)), self.chance.choice(self._acts())
        async with self.world.at(name) as office:
            with suppress(MisuseError):
                await act(office)
            agree(office)
            if self.chance.randrange(2):
                await office.sync()
                agree(office)
                agree_on_lists(office)

    def _acts(self) -> list[Callable[[Office], Awaitable[None]]]:
        return [
            self.ask,
            self.take,
            self.set,
            self.set,
            self.talk,
            self.enquire,
            self.date,
            self.wait,
            self.open,
        ]

    async def ask(self, office: Office) -> None:
        to, self.cases = (B if office.identity.entry_id == A else A), self.cases + 1
        office.submit_request(
            request_type="banking_records",
            legal_basis="UNTOC 18",
            reference=f"R/{self.cases}",
            letter=self.letter,
            to=[to],
            subject="Records",
            urgency=self.chance.choice(("routine", "emergency")),
        )

    def room(self, office: Office) -> str:
        rooms = [each.room_id for each in office.rooms() if each.kind in {"consultation", "request"}]
        if not rooms:
            raise MisuseError("nothing yet")
        return self.chance.choice(rooms)

    async def take(self, office: Office) -> None:
        office.acknowledge(self.room(office), f"OWN/{self.chance.randrange(100)}")

    async def set(self, office: Office) -> None:
        room = self.room(office)
        step = self.chance.choice([*office.cases.state(room).next_steps] or [None])
        messages = [each.message_id for each in office.messages(room)]
        if step is not None:
            office.cases.set_state(
                room,
                step.state,
                reasons="because" if "reasons" in step.needs else "",
                points=["one"] if "items" in step.needs else (),
                ground="ne_bis_in_idem" if "ground" in step.needs else None,
                consultation=messages[-1] if "consultation" in step.needs else None,
                message=messages[-1] if "message" in step.needs else None,
                confidentiality="can_keep" if "confidentiality" in step.needs else None,
                due="2027-03-01" if "due" in step.needs else None,
            )

    async def talk(self, office: Office) -> None:
        office.reply(self.room(office), "A word on the account.")

    async def enquire(self, office: Office) -> None:
        office.cases.enquire(self.room(office), due="2027-02-01")

    async def date(self, office: Office) -> None:
        office.cases.set_deadline(self.room(office), "Hearing", "2027-01-15")

    async def open(self, office: Office) -> None:
        unread = [each for each in office.messages(self.room(office)) if not each.own]
        if unread:
            office.show(self.chance.choice(unread).message_id)

    async def wait(self, _: Office) -> None:
        self.world.now += self.chance.choice((60, 600, DAY + 1, 9 * DAY))


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_remembered_is_what_is_computed(tmp_path: Path, seed: int) -> None:
    world = await world_with(tmp_path, A, B)
    players = Players(world, tmp_path, Random(seed))  # noqa: S311  # a simulation is repeatable
    for _ in range(40):
        await players.step()
    for name in (A, B):
        await world.sync(name)
        async with world.at(name) as office:
            agree(office)
            assert office.register.page(EVERY).total == len(office.rooms())


async def test_each_of_several_offices_asked_fails_to_receive_it_at_its_time(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B, C)
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    async with world.at(A) as office:
        await office.sync()
        office.submit_request(
            request_type="banking_records",
            legal_basis="UNTOC 18",
            reference=CASE,
            letter=letter,
            to=[B, C],
            subject="Bank records",
        )
        await office.sync()
        agree(office)
        began = world.now
        for _ in range(3):
            world.now += 3 * DAY
            agree(office)
        assert office.cases.state(CASE).state == "delivery_failed"
    world.now = began
    await world.sync(B)
    async with world.at(A) as office:
        await office.sync()
        agree(office)
        world.now += 9 * DAY
        agree(office)
        lines = {B: "delivered", C: "delivery_failed"}
        assert office.cases.state(CASE).lines == lines
        (row,) = office.register.page(RegisterFilter(states=("delivery_failed",))).rows
        assert (row.state, row.lines) == (None, lines)
        assert row.stands_at == f"{B}: delivered; {C}: delivery_failed"
        assert office.register.page(RegisterFilter(states=("closed",))).total == 0
        (item,) = office.mailbox.inbox().of("needs_you")
        assert item.state == "delivered, delivery_failed"
        assert "not delivered: send it again or by another way" in item.why


async def test_a_text_leaves_the_digest_and_an_event_drops_it(tmp_path: Path) -> None:
    world = await taken_in_hand(tmp_path)
    async with world.at(A) as office:
        office.register.page(EVERY)

        def kept() -> int:
            with office._desk.vault.reading() as connection:
                return len(load_digests(connection))

        assert kept() == 1
        office.reply(CASE, "Thank you.")
        assert kept() == 1
        office.cases.enquire(CASE)
        assert kept() == 0
        agree(office)
        assert kept() == 1


async def test_what_was_written_by_another_version_or_is_gone_is_computed_again(tmp_path: Path) -> None:
    world = await taken_in_hand(tmp_path)
    async with world.at(A) as office:
        rows = office.register.page(EVERY).rows
        with office._desk.vault.writing() as connection:
            connection.execute(case_digests.update().values(version=0, digest="{}"))
        assert office.register.page(EVERY).rows == rows
        with office._desk.vault.reading() as connection:
            assert connection.execute(select(case_digests.c.version)).scalar_one() > 0


async def test_a_device_that_stands_otherwise_has_its_cases_judged_anew(tmp_path: Path) -> None:
    """Whether a device was in service when it signed is part of what was computed."""
    world = await taken_in_hand(tmp_path)
    await link(world, B, "B2")
    async with world.at("B2") as office:
        office.cases.set_state(CASE, "under_review")
        await office.sync()
    await world.sync(A)
    async with world.at(A) as office:
        agree(office)
        (device,) = (
            each for each in office._desk.registry.devices.values() if each.entry.officer.endswith("B2")
        )
        with office._desk.vault.reading() as connection:
            assert load_digests(connection)
        device_id = device.entry.device_id
    async with world.at(B) as office:
        await office.revoke_device(device_id.hex(), "lost")
        await office.sync()
    async with world.at(A) as office:
        await office.sync(until_idle=False)
        found = digests(office._desk, [])
        assert not found
        with office._desk.vault.reading() as connection:
            assert not load_digests(connection)
        agree(office)


async def test_either_reference_finds_a_request_and_filters_hold(tmp_path: Path) -> None:
    world = await taken_in_hand(tmp_path)
    async with world.at(B) as office:
        page = office.register.page

        def count(**wanted: object) -> int:
            return page(RegisterFilter(**wanted)).total  # type: ignore[arg-type]  # each is what its test says

        (row,) = page(RegisterFilter()).rows
        assert (row.direction, row.own_reference, row.their_reference) == ("incoming", "GH/9", "SN/2")
        assert (row.with_states, row.others, row.state) == (("Senegal",), (A,), "acknowledged")
        assert row.subject is None
        assert [count(text=word) for word in ("gh/9", "sn/2", "nothing")] == [1, 1, 0]
        assert [count(direction=each) for each in ("incoming", "outgoing")] == [1, 0]
        assert [count(with_state=each) for each in ("senegal", "SN", "SEN", A.lower(), "Ghana")] == [
            1,
            1,
            1,
            1,
            0,
        ]
        assert [count(states=("acknowledged", each)) for each in ("sent", "closed")] == [1, 1]
        assert [count(types=("banking_records",)), count(urgencies=("emergency",))] == [1, 0]
        now = int(world.now)
        assert [count(since=now - DAY), count(since=now + DAY), count(overdue=True)] == [1, 0, 0]
        world.now += 400 * DAY
        assert count(overdue=True) == 1
        for wrong in (
            {"direction": "up"},
            {"states": ("done",)},
            {"urgencies": ("high",)},
            {"sort": "colour"},
            {"types": ("banking_record",)},
            {"with_state": "Atlantis"},
            {"with_state": "CNA-XX-99"},
        ):
            with pytest.raises(MisuseError):
                count(**wrong)
            with pytest.raises(MisuseError):
                office.register.save_view("misspelt", RegisterFilter(**wrong))
        assert office.register.views() == ()
        assert count(types=("taking_evidence",)) == 0
        with pytest.raises(MisuseError, match="there is no page 2: the last one is 1"):
            page(RegisterFilter(), page=2)


async def test_a_view_is_kept_and_removed(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A)
    wanted = RegisterFilter(direction="incoming", states=("sent", "acknowledged"), overdue=True, sort="next")
    async with world.at(A) as office:
        office.register.save_view("late", RegisterFilter())
        office.register.save_view(" late ", wanted)
        for wrong in ("", "x" * 61, "a\nb", "\N{RIGHT-TO-LEFT OVERRIDE}late"):
            with pytest.raises(MisuseError):
                office.register.save_view(wrong, wanted)
    async with world.at(A) as office:
        assert office.register.view("late") == wanted
        assert [view.name for view in office.register.views()] == ["late"]
        office.register.remove_view("late")
        for act in (office.register.view, office.register.remove_view):
            with pytest.raises(MisuseError):
                act("late")


async def test_a_file_holds_no_formula_and_no_subject(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    async with world.at(A) as office:
        await office.sync()
        for reference in ("=1+1", "@x", "SN/1"):
            office.submit_request(
                request_type="banking_records",
                legal_basis="UNTOC 18",
                reference=reference,
                letter=letter,
                to=[B],
                subject="=HYPERLINK(1)",
            )
        table, book = tmp_path / "register.csv", tmp_path / "register.xlsx"
        assert office.register.export(table, EVERY) == 3
        rows = list(csv.DictReader(io.StringIO(table.read_bytes().decode("utf-8-sig"))))
        assert {row["own_reference"] for row in rows} == {"'=1+1", "'@x", "SN/1"}
        assert "subject" not in rows[0]
        assert table.stat().st_mode & 0o077 == 0
        office.register.export(book, EVERY, with_subjects=True)
        sheet = openpyxl.load_workbook(book).active
        assert sheet is not None
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert all(cell.data_type != "f" for cell in cells)
        assert "'=HYPERLINK(1)" in {cell.value for cell in cells}
        for name in (table, tmp_path / "register.ods"):
            with pytest.raises(MisuseError):
                office.register.export(name, EVERY)
        with pytest.raises(FileNotFoundError) as raised:
            office.register.export(tmp_path / "none" / "register.csv", EVERY)
        assert raised.value.filename == str(tmp_path / "none" / "register.csv")
