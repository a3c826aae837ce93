"""Rooms as they are kept: both halves of a group always fit, and what is over is erased from the rows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from tests.client.engine.case_room import GROUP, A, B, C, Device, Offices, committed, leaf_of, made_room

from rogatory_client.engine.effect import ForgetKeyPackage, SaveRoom
from rogatory_client.engine.membership import Change
from rogatory_client.engine.room import Room
from rogatory_client.engine.staging import discard
from rogatory_client.fault import VaultError
from rogatory_client.vault import Cost, Vault, create_vault, effects, rooms
from rogatory_client.vault.casework_schema import room_outlines
from rogatory_client.vault.keys import save_key_packages
from rogatory_client.vault.outlines import VERSION
from rogatory_client.vault.schema import key_packages, staged_commits
from rogatory_client.vault.schema import rooms as table
from rogatory_crypto import mls
from rogatory_crypto.wire.identifier import GroupId, RowKind

OTHER = GroupId(bytes(32))


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    opened = create_vault(tmp_path, b"passphrase", cost=Cost(32, 1, 1), salt=bytes(16))
    yield opened
    opened.close()


def saved(vault: Vault, room: Room) -> Room:
    """Write a room and read it again."""
    with vault.writing() as connection:
        effects.apply(connection, [SaveRoom(room)])
    with vault.reading() as connection:
        return rooms.load_rooms(connection)[room.group_id]


def authenticator(room: Room) -> bytes:
    assert room.group is not None
    return room.group.epoch_authenticator


def test_a_room_comes_back_as_it_was(vault: Vault, first: Device, second: Device) -> None:
    talk = made_room(first, [second])
    held = saved(vault, talk.of(first))
    assert (held.kind, held.subject, held.offices, held.position) == (
        talk.of(first).kind,
        "Company records",
        (B,),
        talk.of(first).position,
    )
    assert authenticator(held) == authenticator(talk.of(first))


def test_of_a_room_that_changes_twice_in_one_step_the_last_state_is_kept(
    vault: Vault, first: Device, second: Device
) -> None:
    room = made_room(first, [second]).of(first)
    lost = replace(room, position=room.position + 1).losing(second.id)
    found = replace(lost, position=lost.position + 1, lost=())
    other = replace(room, group_id=OTHER, group=None, lost=(second.id,))
    with vault.writing() as connection:
        effects.apply(connection, [SaveRoom(room), SaveRoom(lost), SaveRoom(other), SaveRoom(found)])
    with vault.reading() as connection:
        held = rooms.load_rooms(connection, vault.reading)
    assert (held[GROUP].position, held[GROUP].lost) == (found.position, ())
    assert authenticator(held[GROUP]) == authenticator(room)
    assert (held[OTHER].group, held[OTHER].lost) == (None, (second.id,))
    assert list(held) == [GROUP, OTHER]


def test_a_room_that_was_left_and_joined_anew_can_be_read_in_whatever_epoch(
    vault: Vault, first: Device, second: Device
) -> None:
    """A Welcome into the very epoch of the group that was left must not leave halves of two groups."""
    talk = made_room(first, [second])
    saved(vault, talk.of(second))
    change = Change(remove=((leaf_of(talk.of(first), second), second.id),))
    staged, _ = committed(first, talk.of(first), change, {})
    assert staged.staged is not None
    talk.take(second, talk.row(RowKind.COMMIT, staged.staged.message))
    left = saved(vault, talk.of(second))
    assert left.was_left
    twin = made_room(first, [second])
    joined = twin.of(second)
    assert left.group is not None
    assert joined.group is not None
    assert joined.group.epoch == left.group.epoch
    assert authenticator(saved(vault, joined)) == authenticator(joined)


@pytest.mark.parametrize("half", ["epoch_state", "ratchet_state"])
@pytest.mark.parametrize("spoil", [lambda kept: b"\x01" + kept[1:], lambda kept: kept[:-1]])
def test_keys_of_another_version_are_left_alone_and_it_is_said_what_to_do(
    vault: Vault, first: Device, second: Device, half: str, spoil: Callable[[bytes], bytes]
) -> None:
    saved(vault, made_room(first, [second]).of(first))
    with vault.writing() as connection:
        kept = spoil(connection.execute(select(table.c[half])).scalar_one())
        connection.execute(update(table).values({half: kept}))
    with vault.reading() as connection, pytest.raises(VaultError, match="another version of this program"):
        rooms.load_rooms(connection)
    with vault.reading() as connection:
        assert connection.execute(select(table.c[half])).scalar_one() == kept


def test_a_staged_group_is_gone_with_its_refusal(vault: Vault, world: Offices, first: Device) -> None:
    """N05: a stale pending commit is discarded, its keys deleted."""
    talk = made_room(first, [world.device(B)])
    more = world.device(A, "second")
    staged, _ = committed(first, talk.of(first), Change((more.id,)), {more.id: more.key_package()})
    held = saved(vault, staged)
    assert held.staged is not None
    assert staged.staged is not None
    assert held.staged.group.epoch_authenticator == staged.staged.group.epoch_authenticator
    (lost,) = discard(staged, None).rooms
    assert saved(vault, lost).staged is None
    with vault.reading() as connection:
        assert connection.execute(select(staged_commits)).all() == []


def test_a_plan_that_was_refused_holds_no_group(vault: Vault, first: Device, second: Device) -> None:
    plan = Room(GROUP, offices=(second.office.entry_id,))
    staged, _ = committed(first, plan, Change((second.id,)), {second.id: second.key_package()})
    saved(vault, staged)
    (lost,) = discard(staged, None).rooms
    assert saved(vault, lost) == plan
    with vault.reading() as connection:
        row = connection.execute(select(table.c.epoch_state, table.c.ratchet_state, table.c.epoch)).one()
    assert tuple(row) == (None, None, None)


def test_nothing_of_a_former_epoch_stays_but_what_stragglers_need(
    vault: Vault, world: Offices, first: Device
) -> None:
    """L01, M01: init, exporter and membership secrets end with their epoch."""
    talk = made_room(first, [world.device(B)])
    room = talk.of(first)
    assert room.group is not None
    secrets = room.group.secrets
    saved(vault, room)
    more = world.device(A, "second")
    _, merged = committed(first, room, Change((more.id,)), {more.id: more.key_package()})
    saved(vault, merged)
    with vault.reading() as connection:
        row = connection.execute(select(table.c.epoch_state, table.c.ratchet_state)).one()
    stored = row.epoch_state + row.ratchet_state
    assert secrets.sender_data_secret in stored
    for gone in (secrets.init_secret, secrets.exporter_secret, secrets.membership_key):
        assert gone not in stored


def test_keys_of_past_epochs_are_erased_when_their_time_is_over(
    vault: Vault, world: Offices, first: Device
) -> None:
    """M03."""
    talk = made_room(first, [world.device(B)])
    more = world.device(A, "second")
    _, merged = committed(first, talk.of(first), Change((more.id,)), {more.id: more.key_package()})
    saved(vault, merged)
    assert merged.group is not None
    kept = mls.forget_past_epochs(merged.group, now=world.now + 40 * 86_400)
    held = saved(vault, Room(GROUP, group=kept))
    assert held.group is not None
    assert held.group.past == ()
    with vault.reading() as connection:
        row = connection.execute(select(table.c.epoch_state, table.c.ratchet_state)).one()
    for past in merged.group.past:
        assert past.sender_data_secret not in row.epoch_state + row.ratchet_state


def test_a_used_key_package_is_gone(vault: Vault, world: Offices) -> None:
    """L06."""
    device = world.device(C)
    device.key_package()
    (package,) = device.key_packages
    with vault.writing() as connection:
        save_key_packages(connection, (package,), world.now)
    with vault.writing() as connection:
        effects.apply(connection, [ForgetKeyPackage(package.reference)])
    with vault.reading() as connection:
        assert connection.execute(select(key_packages)).all() == []


def at_rest(vault: Vault, room: Room) -> Room:
    """The room as a device finds it that has just been started."""
    saved(vault, room)
    with vault.reading() as connection:
        return rooms.load_rooms(connection, vault.reading)[room.group_id]


def test_a_room_at_rest_says_all_that_is_public_and_opens_its_group_when_asked(
    vault: Vault, first: Device, second: Device
) -> None:
    room = made_room(first, [second]).of(first)
    held = at_rest(vault, room)
    assert held.outline == room.outline
    assert held.outline is not None
    assert set(held.outline.devices) == {first.id, second.id}
    assert (held.seats, held.is_planned, held.was_left, held.is_behind) == (room.seats, False, False, False)
    assert [held.is_at_rest, authenticator(held) == authenticator(room), held.is_at_rest] == [
        True,
        True,
        False,
    ]
    assert held.group is held.group


def test_what_rests_is_written_without_its_keys_and_keeps_them(
    vault: Vault, first: Device, second: Device
) -> None:
    room = made_room(first, [second]).of(first)
    held = at_rest(vault, room)
    with vault.writing() as connection:
        connection.execute(update(table).values(position=7))
        effects.apply(connection, [SaveRoom(held)])
    assert held.is_at_rest
    assert authenticator(saved(vault, held)) == authenticator(room)
    with vault.reading() as connection:
        assert connection.execute(select(table.c.position)).scalar_one() == room.position


def test_a_group_is_opened_in_the_midst_of_a_transaction(vault: Vault, first: Device, second: Device) -> None:
    room = made_room(first, [second]).of(first)
    held = at_rest(vault, room)
    with vault.writing() as connection:
        effects.apply(connection, [SaveRoom(replace(held, subject="Other records"))])
    assert saved(vault, room).group is not None


@pytest.mark.parametrize("version", [None, VERSION + 1])
def test_a_room_without_an_outline_of_this_version_is_opened_at_once(
    vault: Vault, first: Device, second: Device, version: int | None
) -> None:
    room = made_room(first, [second]).of(first)
    saved(vault, room)
    with vault.writing() as connection:
        spoil = delete(room_outlines) if version is None else update(room_outlines).values(version=version)
        connection.execute(spoil)
    with vault.reading() as connection:
        held = rooms.load_rooms(connection, vault.reading)[room.group_id]
    assert not held.rests
    assert held.outline == room.outline
    assert at_rest(vault, held).rests
