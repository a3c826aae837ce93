"""Whatever an officer does is one transaction: killed after it, it is done; out of space, it is not begun."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import insert
from tests.simulator.offices_at_work import BEGUN_ON, DAY, away, internal, shared
from tests.simulator.test_life_cycle import CASE, link, taken_in_hand
from tests.simulator.test_story import A, B
from tests.simulator.world import Adversary, Killed, World

from rogatory_client.fault import VaultError
from rogatory_client.office import Office
from rogatory_client.office.register.view import RegisterFilter
from rogatory_client.office.urgent.oral_noting import Call
from rogatory_client.vault import Vault
from rogatory_client.vault.schema import own_payloads

Act = Callable[[Office], object]


def withdraw_deadline(office: Office) -> None:
    (hearing,) = [each for each in office.cases.deadlines(CASE) if each.what == "hearing"]
    office.cases.withdraw_deadline(CASE, hearing.message_id or "")


def answer_draft(office: Office) -> None:
    office.drafts.set(office.drafts.all()[0].draft_id, "purpose", "To prove a payment.")


def put_draft_away(office: Office) -> None:
    office.drafts.remove(office.drafts.all()[0].draft_id)


# In this order each of them is possible.
ASKING: dict[str, Act] = {
    "say": lambda office: office.reply(CASE, "As agreed."),
    "enquire": lambda office: office.cases.enquire(CASE, due=DAY),
    "set a deadline": lambda office: office.cases.set_deadline(CASE, "hearing", DAY),
    "withdraw it": withdraw_deadline,
    "end a presence": lambda office: office.urgent.presence_ended(CASE, BEGUN_ON),
    "begin with a call": lambda office: office.urgent.begin_with_call(B, Call("Freeze it."), "An account"),
    "consult": lambda office: office.start_consultation([B], "Records", "May we ask?", reference="SN/7"),
    "begin a draft": lambda office: office.drafts.new("bank_and_business_records", B),
    "answer in it": answer_draft,
    "put it away": put_draft_away,
    "note": lambda office: office.mailbox.note(CASE, "Between us."),
    "take": lambda office: office.mailbox.take(CASE),
    "give back": lambda office: office.mailbox.release(CASE),
    "be away": lambda office: office.mailbox.set_deputy(*away(office)),
    "hold": lambda office: office.retention.hold(CASE, "Asked."),
    "lift": lambda office: office.retention.lift_hold(CASE, "Over."),
    "save a view": lambda office: office.register.save_view("mine", RegisterFilter()),
    "want two persons": lambda office: office.releases.set_policy(two_persons=True),
    "limit to some": lambda office: office.company.restrict(CASE, ["case officer"]),
    "withdraw": lambda office: office.cases.set_state(CASE, "withdrawn", reasons="It was found."),
}


FOLLOWING = {"withdraw it", "answer in it", "put it away", "give back", "lift"}


def seen(office: Office) -> tuple[object, ...]:
    """All that any of these acts changes."""
    drafts = [(each.draft_id, each.revision, each.answers) for each in office.drafts.all(removed=True)]
    rooms = [(room.room_id, room.subject, room.references) for room in office.rooms()]
    views = office.register.views()
    company = office.company.of(CASE)
    policy = office.releases.two_persons
    return *shared(office), *internal(office), drafts, rooms, views, company, policy, office.outbox()


async def at_work(folder: Path) -> World:
    """A's request at B, in an office of two officers."""
    world = await taken_in_hand(folder)
    await link(world, A, "second")
    await world.sync(A)
    return world


async def test_it_is_one_transaction_and_done_when_that_is(tmp_path: Path) -> None:
    world = await at_work(tmp_path)
    for name, act in ASKING.items():
        async with world.at(A) as office:
            before = seen(office)
            world.adversary = Adversary(world.chance, kill_at=1)
            with pytest.raises(Killed):
                act(office)
            assert world.adversary.steps == 1
            world.adversary = Adversary(world.chance)
        async with world.at(A) as office:
            after = seen(office)
        assert after != before, f"{name} was not kept"
        world.tick(60)


def fill(vault: Vault) -> None:
    """Leave no page that anything could be written to."""
    with vault.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    for size in (100_000, 1_000, 10) * 200:
        with suppress(VaultError), vault.writing() as connection:
            connection.execute(insert(own_payloads).values(sha256=os.urandom(size), group_id=b""))


def finds_no_room(office: Office, act: Act) -> bool:
    """Whether an act was refused for want of space; a small one may find room in a page that is there."""
    try:
        act(office)
    except VaultError as error:
        return "the disk is full" in str(error)
    return False


async def test_a_full_disk_is_said_and_nothing_is_half_done(tmp_path: Path) -> None:
    world = await at_work(tmp_path)
    refused: dict[str, Act] = {}
    async with world.at(A) as office:
        fill(office._desk.vault)
        before = seen(office)
        for name, act in ASKING.items():
            if name not in FOLLOWING and finds_no_room(office, act):
                assert seen(office) == before, f"{name} was half done"
                refused[name] = act
            before = seen(office)
    assert len(refused) > 5
    async with world.at(A) as office:
        assert seen(office) == before
        for act in refused.values():
            act(office)
        await office.sync()
        assert not office.outbox()
    await world.sync(B)
    assert not world.notes(B)
