"""One draft that two officers send: it leaves once, and where that could not be, both sides are told."""

from pathlib import Path

import pytest
from tests.simulator.office_world import HEAD, SECOND, office_of_two, settle
from tests.simulator.test_shared_drafts import TYPE, begun
from tests.simulator.test_story import A, B
from tests.simulator.world import Adversary, World

from rogatory_client.office import Office
from rogatory_client.office.drafts.duplicates import DUPLICATE_OF
from rogatory_crypto.errors import MisuseError


def send(office: Office, folder: Path, draft: str, reference: str, room: str | None = None) -> str:
    letter = folder / f"letter {reference.replace('/', ' ')}.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    sent = office.submit_request(
        request_type=TYPE,
        legal_basis="UNTOC 18",
        reference=reference,
        letter=letter,
        to=() if room else (B,),
        room=room,
        draft=draft,
    )
    return sent.message_id


async def sent_by_both(world: World, folder: Path, draft: str, room: str | None = None) -> dict[str, str]:
    """Both send the draft before either has heard of the other."""
    sent = {}
    for name in (A, SECOND):
        async with world.at(name) as office:
            sent[name] = send(office, folder, draft, f"SN/{name}", room)
    return sent


async def requests_at(world: World, name: str) -> list[str]:
    async with world.at(name) as office:
        return [each.message_id for each in office.messages() if each.kind == "request"]


@pytest.mark.parametrize("room", [None, "SN/1"])
@pytest.mark.parametrize("first", [A, SECOND])
async def test_what_two_officers_send_at_once_leaves_once(
    tmp_path: Path, first: str, room: str | None
) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    sent = await sent_by_both(world, tmp_path, draft, room)
    second = SECOND if first == A else A
    await settle(world, first, second, B)
    assert await requests_at(world, B) == [sent[first]]
    async with world.at(second) as office:
        kept = [each for each in office.outbox() if each.message_id == sent[second]]
        officer = HEAD if first == A else "second officer"
        said = f"{officer} has sent this draft before, from another device: this request stays here"
        assert kept
        assert all(each.why.startswith(said) for each in kept)
    async with world.at(first) as office:
        assert office.outbox() == ()
        assert DUPLICATE_OF not in office.show(sent[first]).details
    async with world.at(B) as office:
        # Nothing of the other one has come, not even a room without a request.
        rooms = {each.room_id for each in office.rooms() if each.kind in {"request", "consultation"}}
        assert len(rooms) == (1 if room else 2)


async def test_it_leaves_once_whatever_the_relay_does(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    sent = await sent_by_both(world, tmp_path, draft)
    world.adversary = Adversary(world.chance)
    for _ in range(4):
        await settle(world, SECOND, A, B)
    (found,) = await requests_at(world, B)
    assert found in sent.values()


async def test_a_draft_that_was_taken_back_is_sent_anew(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    async with world.at(A) as office:
        first = send(office, tmp_path, draft, "SN/7")
        await office.sync()
    await settle(world, SECOND)
    async with world.at(SECOND) as office:
        with pytest.raises(MisuseError, match="put away"):
            send(office, tmp_path, draft, "SN/8")
        office.drafts.take_back(draft)
        second = send(office, tmp_path, draft, "SN/8")
        await office.sync()
    await settle(world, B, A)
    assert set(await requests_at(world, B)) == {first, second}
    async with world.at(B) as office:
        assert DUPLICATE_OF not in office.show(second).details


async def test_what_went_out_twice_is_named_to_both_sides(tmp_path: Path) -> None:
    """By a program that does not wait, as one that was changed; a data carrier leads to the same."""
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("rogatory_client.office.line.visiting.settle", lambda _, __: frozenset())
        sent = await sent_by_both(world, tmp_path, draft)
        await settle(world, A, SECOND)
        async with world.at(B) as office:
            report = await office.sync()
    assert set(await requests_at(world, B)) == set(sent.values())
    assert any("duplicate: CNA-SN-01 has sent this request as" in each for each in report.warnings)
    for name in (A, SECOND, B):
        async with world.at(name) as office:
            for mine, other in ((sent[A], sent[SECOND]), (sent[SECOND], sent[A])):
                assert office.show(mine).details[DUPLICATE_OF] == other


async def test_what_two_officers_carry_past_the_relay_is_named_to_both_sides(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    sent = await sent_by_both(world, tmp_path, draft, "SN/1")
    for name in (A, SECOND):
        async with world.at(name) as office:
            office.carrier.out(tmp_path / f"{name}.carry")
    async with world.at(B) as office:
        assert not office.carrier.take_in([tmp_path / f"{A}.carry"]).warnings
        (told,) = office.carrier.take_in([tmp_path / f"{SECOND}.carry"]).warnings
        assert told.startswith("duplicate: CNA-SN-01 has sent this request as")
        assert office.show(sent[A]).details[DUPLICATE_OF] == sent[SECOND]
    await settle(world, A, SECOND)
    for name in (A, SECOND):
        async with world.at(name) as office:
            assert office.show(sent[A]).details[DUPLICATE_OF] == sent[SECOND]


async def test_a_draft_is_put_up_once(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    async with world.at(A) as office:
        office.releases.set_policy(two_persons=True)
        await office.sync()
    await settle(world, SECOND, A)
    async with world.at(A) as office:
        send(office, tmp_path, draft, "SN/7")
        await office.sync()
    await settle(world, SECOND)
    async with world.at(SECOND) as office:
        with pytest.raises(MisuseError, match=f"{HEAD} has put this draft up"):
            send(office, tmp_path, draft, "SN/8")
