"""An officer leaves: two others say so, the office key seals it, and his successor has the record."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulator.test_lifecycle_office_key import ADMIN, accept, ask, grant, join
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import PASSPHRASE, Adversary, Killed, World

from rogatory_client.office.carried_text import from_line
from rogatory_client.office.devices.hand_over import MAX_BYTES, PREFIX, HandOverProposal, HandOverView
from rogatory_client.vault import open_vault
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import DeviceId

DAY = 86_400
DUTY, CLERK = "duty", "clerk"


async def office_of_three(folder: Path) -> World:
    """A case officer, who is head and holds the key, a duty officer and a clerk, in a case with B."""
    world = await world_with(folder, A, B)
    await join(world, DUTY, "duty officer", Role.DUTY_OFFICER)
    await join(world, CLERK, "clerk", Role.CLERK)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    for name in (B, DUTY, CLERK, A, DUTY, CLERK):
        await world.sync(name)
    return world


async def id_of(world: World, name: str) -> str:
    async with world.at(name) as office:
        return office.identity.device_id


async def propose(world: World, by: str, leaver: str, to: str, confirmer: str | None = None) -> HandOverView:
    ids = [await id_of(world, each) for each in (leaver, to)]
    second = None if confirmer is None else await id_of(world, confirmer)
    async with world.at(by) as office:
        return await office.lifecycle.propose_hand_over(ids[0], ids[1], confirmer=second)


async def confirm(world: World, by: str, view: HandOverView) -> HandOverView:
    assert view.text is not None
    async with world.at(by) as office:
        return await office.lifecycle.confirm_hand_over(view.text)


async def seal(world: World, by: str, view: HandOverView) -> HandOverView:
    assert view.text is not None
    async with world.at(by) as office:
        return await office.lifecycle.seal_hand_over(view.text)


def forget_messages(world: World, name: str) -> None:
    vault = open_vault(world.folder / name, PASSPHRASE)
    with vault.writing() as connection:
        connection.exec_driver_sql("DELETE FROM messages")
    vault.close()


async def texts(world: World, name: str) -> list[str]:
    async with world.at(name) as office:
        await office.sync()
        return [each.text for each in office.messages()]


async def require_gone(world: World, device: str) -> None:
    """At the relay at once, and by a commit from every room."""
    device_id = DeviceId(bytes.fromhex(device))
    assert not world.relay.registry.devices[device_id].is_in_service(int(world.now))
    for log in world.relay.logs.values():
        member = log.roster.get(device_id)
        assert member is None or member.last is not None


async def test_two_officers_hand_over_what_the_third_leaves(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    left, to = await id_of(world, DUTY), await id_of(world, CLERK)
    forget_messages(world, CLERK)
    proposed = await propose(world, A, DUTY, CLERK)
    assert (proposed.next_step, proposed.confirmer_officer) == ("confirm", "clerk")
    done = await confirm(world, CLERK, proposed)
    assert (done.next_step, done.text, done.replace_key) == ("done", None, False)
    async with world.at(DUTY) as office:
        with pytest.raises(PeerError):
            await office.sync()
    for name in (A, CLERK, B, A, CLERK):
        await world.sync(name)
    await require_gone(world, left)
    assert await texts(world, CLERK) == ["May we ask?"]
    async with world.at(A) as office:
        gone = next(each for each in office.devices() if each.device_id == left)
        assert (gone.in_service, gone.handed_over_to) == (False, to)
    for name in (A, B, CLERK):
        assert not world.notes(name)


async def test_where_neither_holds_the_key_a_third_device_seals(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    await join(world, ADMIN, "administrator", Role.ADMINISTRATOR)
    await world.sync(A)
    await accept(world, await grant(world, await ask(world)))
    head = await id_of(world, A)
    confirmed = await confirm(world, CLERK, await propose(world, DUTY, A, DUTY, CLERK))
    assert confirmed.next_step == "seal"
    with pytest.raises(MisuseError, match="does not hold the office key"):
        await seal(world, DUTY, confirmed)
    done = await seal(world, ADMIN, confirmed)
    assert done.replace_key, "who enrolled the office knows its key"
    async with world.at(ADMIN) as office:
        await office.lifecycle.replace_key()
    for name in (ADMIN, DUTY, CLERK, B, ADMIN):
        await world.sync(name)
    await require_gone(world, head)


async def test_the_leaver_may_agree_and_gives_the_record_before_he_is_out(tmp_path: Path) -> None:
    """The successor proposes; whoever confirms is the only other one who has what he lacks."""
    world = await world_with(tmp_path, A, B)
    await join(world, DUTY, "duty officer", Role.DUTY_OFFICER)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    for name in (B, DUTY, A, DUTY):
        await world.sync(name)
    forget_messages(world, DUTY)
    proposed = await propose(world, DUTY, A, DUTY)
    done = await confirm(world, A, proposed)
    assert done.next_step == "done"
    assert await texts(world, DUTY) == ["May we ask?"]
    await require_gone(world, await id_of(world, A))


async def test_a_leaver_does_not_propose_and_nobody_signs_for_another(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    with pytest.raises(MisuseError, match="another officer proposes"):
        await propose(world, A, A, DUTY)
    proposed = await propose(world, A, DUTY, CLERK)
    with pytest.raises(MisuseError, match="another device is to confirm"):
        await confirm(world, DUTY, proposed)
    with pytest.raises(MisuseError, match="both officers sign before"):
        await seal(world, A, proposed)
    with pytest.raises(PeerError) as raised:
        await confirm(world, B, proposed)
    assert raised.value.code is Code.FORBIDDEN


async def test_one_officer_with_two_devices_is_one_officer(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    await join(world, "again", "case officer", Role.CASE_OFFICER)
    with pytest.raises(PeerError) as raised:
        await propose(world, A, DUTY, CLERK, "again")
    assert raised.value.code is Code.FORBIDDEN


async def test_what_is_confirmed_twice_or_overtaken_is_refused(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    first, second = await propose(world, A, DUTY, CLERK), await propose(world, A, DUTY, A, CLERK)
    await confirm(world, CLERK, first)
    size = len(world.relay.log.entries)
    for again in (first, second):
        with pytest.raises(PeerError) as raised:
            await confirm(world, CLERK, again)
        assert raised.value.code is Code.CONFLICT
    assert len(world.relay.log.entries) == size


async def test_a_proposal_ends_after_seven_days(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    proposed = await propose(world, A, DUTY, CLERK)
    world.tick(7 * DAY + 1)
    with pytest.raises(PeerError) as raised:
        await confirm(world, CLERK, proposed)
    assert raised.value.code is Code.EXPIRED


async def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    proposed = await propose(world, A, DUTY, CLERK)
    assert proposed.text is not None
    proposal = HandOverProposal.decode(from_line(PREFIX, proposed.text, maximum=MAX_BYTES))
    said = proposal.hand_over
    changed = (
        replace(proposal, statement=replace(said, successor=said.proposer).encode()),
        replace(proposal, proposer=proposal.office),
        replace(proposal, office=proposal.proposer),
        replace(proposal, proposer=bytes(len(proposal.proposer or b""))),
    )
    for each in changed:
        with pytest.raises(PeerError) as raised:
            await confirm(world, CLERK, replace(proposed, text=each.to_text()))
        assert raised.value.code is Code.BAD_SIGNATURE
    with pytest.raises(PeerError) as raised:
        await confirm(world, CLERK, replace(proposed, text=replace(proposal, proposer=None).to_text()))
    assert raised.value.code is Code.BAD_SIGNATURE


async def test_a_hand_over_cut_after_every_step_is_published_once(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    proposed = await propose(world, A, DUTY, CLERK)
    size, cuts, refused = len(world.relay.log.entries), 0, None
    for cut in range(1, 60):
        world.adversary = Adversary(world.chance, kill_at=cut)
        try:
            await confirm(world, CLERK, proposed)
        except Killed:
            cuts += 1
            world.adversary = Adversary(world.chance)
            await world.sync(CLERK)
        except PeerError as error:
            refused = error.code  # what was signed before the cut was published by the next start
            break
        else:
            break
    world.adversary = Adversary(world.chance)
    assert cuts > 1, "there are steps to be cut at"
    assert refused in {None, Code.CONFLICT}
    assert len(world.relay.log.entries) == size + 1
    await world.sync(A)
    await world.sync(B)
    await world.sync(A)
    await require_gone(world, await id_of(world, DUTY))


async def test_the_report_names_what_is_still_assigned_to_the_leaver(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    async with world.at(DUTY) as office:
        case = office.mailbox.take("SN/1").room_id
        await office.sync()
    await world.sync(A)
    view = await propose(world, A, DUTY, CLERK, confirmer=CLERK)
    assert view.still_assigned == (case,)
    assert view.leaver_officer == "duty officer"
    async with world.at(A) as office:
        office.mailbox.hand_over_cases("duty officer", "clerk")
    assert (await propose(world, A, DUTY, CLERK, confirmer=CLERK)).still_assigned == ()
