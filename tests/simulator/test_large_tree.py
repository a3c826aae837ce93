"""Rooms whose tree lies beside the Welcome: nobody half in, nothing lost, whatever becomes of the tree."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from types import MappingProxyType

import pytest
from sqlalchemy import select
from tests.simulator.relay import Blob
from tests.simulator.silent_office import enter_silent_office
from tests.simulator.test_story import A, B, C, link
from tests.simulator.world import Adversary, Killed, World

from rogatory_client.engine.held_row import HELD_S
from rogatory_client.engine.membership import Change
from rogatory_client.engine.room import device_of
from rogatory_client.engine.staging import stage_change
from rogatory_client.office import Office
from rogatory_client.vault.schema import staged_commits
from rogatory_crypto.attachments import stored_size
from rogatory_crypto.errors import Code
from rogatory_crypto.wire import tree_object
from rogatory_crypto.wire.identifier import BlobId, DeviceId, EntryId, GroupId, RowKind

HYBRID = 0xF04E
MANY = 26
TEXT = "May we ask?"


async def large_world(folder: Path) -> World:
    world = World(folder, suite=HYBRID)
    await world.publish_directory()
    for entry in (A, B):
        await world.enrol(entry)
    await enter_silent_office(world, C, MANY)
    await world.sync(A)
    return world


async def say(world: World, text: str = TEXT, subject: str = "Company records") -> GroupId:
    """Let A open a room with B and the many."""
    async with world.at(A) as office:
        said = office.start_consultation([B, C], subject, text)
        await office.sync()
        assert not office.outbox()
    return GroupId(bytes.fromhex(said.room_id))


async def texts(world: World, name: str) -> list[str]:
    async with world.at(name) as office:
        return [each.text for each in office.messages()]


async def warnings(world: World, name: str) -> tuple[str, ...]:
    async with world.at(name) as office:
        return (await office.sync()).warnings


def welcome_of(world: World, group_id: GroupId) -> bytes:
    (welcome,) = (row.payload for row, _ in world.relay.logs[group_id].rows if row.kind is RowKind.WELCOME)
    return welcome


def first_device(world: World, entry: str) -> DeviceId:
    return world.relay.registry.devices_of(EntryId(entry), int(world.now))[0].entry.device_id


async def test_a_large_tree_lies_beside_its_welcome(tmp_path: Path) -> None:
    world = await large_world(tmp_path)
    group_id = await say(world)
    (blob,) = world.relay.blobs.values()
    assert blob.complete
    assert blob.size > tree_object.MAX_WELCOME_TREE_BYTES
    async with world.at(A) as office:
        group = office._desk.rooms[group_id].group
        assert group is not None
        assert group.ratchet_tree not in welcome_of(world, group_id)
        assert blob.size == stored_size(len(group.ratchet_tree))
        # Nothing of the tree is readable at the relay, not even a credential.
        assert all(member.identity not in blob.data for member in group.members)
    await world.sync(B)
    assert await texts(world, B) == [TEXT]
    assert world.notes(B) == []


async def test_a_small_tree_stays_in_its_welcome(tmp_path: Path) -> None:
    world = World(tmp_path, suite=HYBRID)
    await world.publish_directory()
    for entry in (A, B):
        await world.enrol(entry)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", TEXT)
        await office.sync()
    assert not world.relay.blobs
    await world.sync(B)
    assert await texts(world, B) == [TEXT]


async def killed(world: World, name: str, cut: int) -> None:
    """Kill a device at one step of its synchronisation."""
    world.adversary = Adversary(world.chance, kill_at=cut)
    with pytest.raises(Killed):
        async with world.at(name) as office:
            await office.sync(patience_s=1e9)
    world.adversary = Adversary(world.chance)


async def test_a_large_room_made_with_a_cut_after_every_step_until_it_is(tmp_path: Path) -> None:
    """Create, stage, upload, commit: killed anywhere, the next start finds what is still to be done."""
    world = await large_world(tmp_path)
    said: list[str] = []
    uploads = set[int]()
    for cut in count(1):
        async with world.at(A) as office:
            draft = office.start_consultation([B, C], f"Matter {cut}", f"Text {cut}")
        said.append(draft.text)
        before = set(world.relay.blobs)
        await killed(world, A, cut)
        is_made = GroupId(bytes.fromhex(draft.room_id)) in world.relay.logs
        uploads |= {len(world.relay.blobs[new].data) for new in world.relay.blobs.keys() - before}
        await world.sync(A)
        if is_made:
            break
    assert len(said) > len(uploads) > 1, "killed before the upload, in the middle of it, and after it"
    await world.sync(B)
    assert sorted(await texts(world, B)) == sorted(said)
    assert world.notes(B) == []


async def test_a_tree_that_comes_late_lets_in_and_nothing_said_meanwhile_is_lost(tmp_path: Path) -> None:
    world = await large_world(tmp_path)
    group_id = await say(world)
    missing, world.relay.blobs = world.relay.blobs, {}
    async with world.at(B) as office:
        stock = len(office._desk.key_packages)
        (warning,) = (await office.sync()).warnings
        assert "asked for again" in warning
        assert not office.rooms()
        assert len(office._desk.key_packages) == stock, "the KeyPackage is not used up"
    async with world.at(A) as office:
        office.reply(group_id.hex(), "Are you there?")
        # The office that waits can say and hear everything elsewhere.
        office.start_consultation([B], "Another matter", "And this?")
        await office.sync()
    assert len(await warnings(world, B)) == 1
    assert await texts(world, B) == ["And this?"]
    world.relay.blobs |= missing
    assert await warnings(world, B) == ()
    assert sorted(await texts(world, B)) == sorted([TEXT, "Are you there?", "And this?"])
    async with world.at(B) as office:
        assert not office._desk.held_rooms
        office.reply(group_id.hex(), "We are.")
        await office.sync()
    await world.sync(A)
    assert (await texts(world, A))[-1] == "We are."
    assert world.notes(B) == []


async def test_a_late_joining_cut_after_every_step_happens_once(tmp_path: Path) -> None:
    world = await large_world(tmp_path)
    said: list[str] = []
    for cut in count(1):
        said += (f"Text {cut}", f"More {cut}")
        group_id = await say(world, f"Text {cut}", f"Matter {cut}")
        missing, world.relay.blobs = world.relay.blobs, {}
        await world.sync(B)
        async with world.at(A) as office:
            office.reply(group_id.hex(), f"More {cut}")
            await office.sync()
        world.relay.blobs = missing
        await killed(world, B, cut)
        async with world.at(B) as office:
            is_in, is_waiting = group_id in office._desk.rooms, group_id in office._desk.held_rooms
        assert is_in is not is_waiting
        await world.sync(B)
        if is_in:
            break
    assert len(said) > 4, "killed before the tree is there, and once it is"
    assert sorted(await texts(world, B)) == sorted(said)
    assert world.notes(B) == []


@pytest.mark.parametrize("damage", ["flipped", "cut"])
async def test_a_damaged_tree_is_asked_for_again(tmp_path: Path, damage: str) -> None:
    world = await large_world(tmp_path)
    await say(world)
    (blob,) = world.relay.blobs.values()
    whole = bytes(blob.data)
    if damage == "cut":
        del blob.data[-100:]
    else:
        blob.data[20_000] ^= 1
    assert len(await warnings(world, B)) == 1
    assert await texts(world, B) == []
    blob.data = bytearray(whole)
    assert await warnings(world, B) == ()
    assert await texts(world, B) == [TEXT]


async def test_a_tree_without_end_is_read_no_further_than_a_tree_may_go(tmp_path: Path) -> None:
    world = await large_world(tmp_path)
    await say(world)
    (blob,) = world.relay.blobs.values()
    blob.data += bytes(tree_object.MAX_STORED_TREE_BYTES)
    async with world.at(B) as office:
        stock = len(office._desk.key_packages)
        await office.sync()
        assert not office.rooms()
        assert not office._desk.held_rooms, "what is sealed grows no shorter: it is not asked for again"
        assert len(office._desk.key_packages) == stock
    assert world.notes(B)[0][0] == Code.TOO_LARGE


async def test_another_tree_at_the_address_lets_nobody_in(tmp_path: Path) -> None:
    """Whoever knows the hash has the key: a committer can put a tree there that the hash denies (K05)."""
    world = await large_world(tmp_path)
    group_id = await say(world)
    async with world.at(A) as office:
        group = office._desk.rooms[group_id].group
        assert group is not None
        place = tree_object.tree_object(group_id, group.tree_hash)
        leaf = next(each for each in group.members if device_of(each) == first_device(world, A))
        other = group.ratchet_tree.replace(leaf.encryption_key, bytes(len(leaf.encryption_key)))
    world.relay.blobs[place.blob_id].data = bytearray(tree_object.seal_tree(place, other))
    async with world.at(B) as office:
        stock = len(office._desk.key_packages)
        await office.sync()
        assert not office.rooms()
        assert len(office._desk.key_packages) == stock
    assert world.notes(B)[0] == (Code.INVALID_TREE, "K05: not the tree of this group")


@pytest.mark.parametrize("sealed", [True, False])
async def test_an_address_that_is_taken_leads_to_a_tree_that_nobody_foresaw(
    tmp_path: Path, *, sealed: bool
) -> None:
    """A commit that only adds has a tree that who knows the KeyPackages can compute, and come first."""
    world = await large_world(tmp_path)
    group_id = await say(world)
    world.new_device("second")
    async with world.at("second") as office:
        request = await office.link_request(A, "duty officer")
    async with world.at(A) as office:
        await office.approve_link(request.text, request.confirmation_code)
    await world.sync("second")
    taken = await staged_address(world, group_id)
    other = Blob(group_id, first_device(world, B), 40_000, bytearray(40_000), complete=sealed)
    world.relay.blobs[taken] = other
    await world.sync(A)
    await world.sync("second")
    await world.sync("second")
    assert await texts(world, "second") == [TEXT]
    assert world.relay.blobs[taken] is other
    assert world.relay.logs[group_id].epoch == 2
    assert world.notes("second") == []


async def staged_address(world: World, group_id: GroupId) -> BlobId:
    """Kill A as soon as a staged commit of the room is on its disk; return where its tree will lie."""
    staged_there = select(staged_commits.c.epoch).where(staged_commits.c.group_id == group_id)
    async with world.at(A) as office:
        vault = office._desk.vault

        def strike() -> None:
            with vault.reading() as connection:
                if connection.execute(staged_there).first() is not None:
                    raise Killed

        vault.on_commit = strike
        with pytest.raises(Killed):
            await office.sync()
    async with world.at(A) as office:
        staged = office._desk.rooms[group_id].staged
    assert staged is not None
    address = tree_object.tree_object(group_id, staged.group.tree_hash).blob_id
    assert address not in world.relay.blobs
    return address


async def test_who_was_removed_meanwhile_leaves_its_tree_and_its_commit_behind(tmp_path: Path) -> None:
    world = await large_world(tmp_path)
    group_id = await say(world)
    await world.sync(B)
    world.new_device("second")
    async with world.at("second") as office:
        request = await office.link_request(A, "duty officer")
    async with world.at(A) as office:
        await office.approve_link(request.text, request.confirmation_code)
    await world.sync("second")
    address = await staged_address(world, group_id)
    async with world.at(B) as office:
        await office.sync()
        await change(office, group_id, remove=first_device(world, A))
    await world.sync(A)
    async with world.at(A) as office:
        (room,) = (each for each in office._desk.rooms.values() if each.group_id == group_id)
        assert room.was_left
        assert room.staged is None
    assert address not in world.relay.blobs


async def change(
    office: Office,
    group_id: GroupId,
    *,
    add: Mapping[DeviceId, bytes] = MappingProxyType({}),
    remove: DeviceId | None = None,
) -> None:
    """Add or remove a device by hand, and let the relay have the commit."""
    desk = office._desk
    room = desk.rooms[group_id]
    assert room.group is not None
    leaving = tuple((each.leaf_index, remove) for each in room.group.members if device_of(each) == remove)
    desk.carry_out(stage_change(room, Change(tuple(add), leaving), add, desk.context()))
    await office.sync()


async def test_another_welcome_ends_the_waiting_for_a_tree_that_never_comes(tmp_path: Path) -> None:
    world = await large_world(tmp_path)
    group_id = await say(world)
    world.relay.blobs.clear()
    assert len(await warnings(world, B)) == 1
    device = first_device(world, B)
    async with world.at(A) as office:
        await change(office, group_id, remove=device)
        await change(office, group_id, add={device: world.relay.packages[device].pop()})
        office.reply(group_id.hex(), "Welcome back.")
        await office.sync()
    await world.sync(B)
    assert await texts(world, B) == ["Welcome back."]
    async with world.at(B) as office:
        assert not office._desk.held_rooms
    assert world.notes(B) == []


async def test_what_never_comes_is_given_up_after_its_time(tmp_path: Path) -> None:
    world = await large_world(tmp_path)
    await say(world)
    world.relay.blobs.clear()
    assert len(await warnings(world, B)) == 1
    world.tick(HELD_S + 1)
    (warning,) = await warnings(world, B)
    assert "given up" in warning
    assert [code for code, _ in world.notes(B)] == [Code.EXPIRED]
    assert await warnings(world, B) == ()


async def test_a_second_device_joins_a_large_room_without_a_path(tmp_path: Path) -> None:
    """The commit that only adds changes nobody's keys; its tree lies at an address of its own."""
    world = await large_world(tmp_path)
    await say(world)
    before = set(world.relay.blobs)
    await link(world, A, "second")
    assert len(set(world.relay.blobs) - before) == 1
    await world.sync("second")
    assert await texts(world, "second") == [TEXT]
