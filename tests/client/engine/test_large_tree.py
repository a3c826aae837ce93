"""A tree too large for a Welcome is left out, whatever was expected; who joins asks for that very tree."""

import random
from dataclasses import replace
from functools import cache

import pytest
from tests.client.engine.case_room import GROUP, A, B, Device, Offices, committed, kinds, leaf_of, notes

from rogatory_client.engine.delivery import receive
from rogatory_client.engine.effect import ForgetKeyPackage
from rogatory_client.engine.large_tree import is_expected_beside, lies_beside, tree_to_store, tree_wanted
from rogatory_client.engine.membership import Change
from rogatory_client.engine.room import Room
from rogatory_client.engine.staging import stage_change
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import Code
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import DeviceId, EntryId, RowKind, Sequence
from rogatory_crypto.wire.tree_object import MAX_WELCOME_TREE_BYTES, open_tree

MANY = 150
PLAN = Room(GROUP, CaseKind.CONSULTATION, "Company records", offices=(EntryId(B),))


@cache
def offices() -> tuple[Offices, Device, tuple[Device, ...]]:
    """One office's first device, and many devices of another."""
    world = Offices(chance=random.Random(11))  # noqa: S311  # repeatable
    return world, world.device(A), tuple(world.device(B, f"device {at}") for at in range(MANY))


def staged_with(count: int) -> tuple[Room, Room]:
    """Make the room with so many others; return it staged and merged."""
    _, maker, others = offices()
    packages = {each.id: each.key_package() for each in others[:count]}
    return committed(maker, PLAN, Change(tuple(packages)), packages)


def welcome_row(room: Room) -> Row:
    assert room.staged is not None
    assert room.staged.welcome is not None
    return Row(Sequence(2), 0, RowKind.WELCOME, room.staged.welcome)


def tree_of(room: Room) -> bytes:
    assert room.staged is not None
    return room.staged.group.ratchet_tree


def carries_tree(room: Room) -> bool:
    """Whether the last of those it is for has to ask for nothing else."""
    _, _, others = offices()
    assert room.staged is not None
    last = room.staged.added[-1]
    joining = next(each for each in others if each.id == last)
    return tree_wanted(Room(GROUP), welcome_row(room), joining.context) is None


@pytest.mark.parametrize("count", [1, 40, MANY])
def test_the_size_of_the_next_tree_decides(count: int) -> None:
    staged, _ = staged_with(count)
    is_large = len(tree_of(staged)) > MAX_WELCOME_TREE_BYTES
    assert is_large is (count == MANY)
    assert (tree_to_store(staged) is not None) is is_large
    assert carries_tree(staged) is not is_large


def test_a_tree_that_shrinks_more_than_expected_goes_into_the_welcome() -> None:
    _, maker, others = offices()
    _, merged = staged_with(MANY - 1)
    leaving = others[31 : MANY - 1]
    joining = others[MANY - 1]
    package = joining.key_package()
    assert merged.group is not None
    assert is_expected_beside(merged.group, [package])
    removed = tuple((leaf_of(merged, each), each.id) for each in leaving)
    staged, _ = committed(maker, merged, Change((joining.id,), removed), {joining.id: package})
    assert len(tree_of(staged)) <= MAX_WELCOME_TREE_BYTES
    assert tree_to_store(staged) is None
    assert carries_tree(staged)


def test_a_tree_that_grows_more_than_expected_is_left_out_of_the_welcome() -> None:
    """A first path fills parents that were blank, which nobody counts beforehand."""
    _, maker, others = offices()
    small, _ = staged_with(60)
    nearly = MAX_WELCOME_TREE_BYTES * 61 // len(tree_of(small)) - 6
    for count in range(nearly, MANY):
        _, room = staged_with(count)
        joining = others[count]
        package = joining.key_package()
        assert room.group is not None
        assert not is_expected_beside(room.group, [package])
        change = Change((joining.id,), refresh=True)
        (staged,) = stage_change(room, change, {joining.id: package}, maker.context).rooms
        assert staged.staged is not None
        assert carries_tree(staged) is not lies_beside(staged.staged.group)
        if lies_beside(staged.staged.group):
            break
    else:
        raise AssertionError("the tree never grew beyond what was expected")


def test_nothing_is_stored_for_a_commit_that_adds_nobody() -> None:
    _, maker, others = offices()
    _, merged = staged_with(MANY)
    removed = ((leaf_of(merged, others[0]), others[0].id),)
    staged, _ = committed(maker, merged, Change(remove=removed), {})
    assert tree_to_store(staged) is None
    assert tree_to_store(merged) is None


def test_who_joins_asks_for_the_tree_that_was_stored_and_joins_by_it() -> None:
    _, _, others = offices()
    staged, _ = staged_with(MANY)
    stored = tree_to_store(staged)
    assert stored is not None
    row, joining = welcome_row(staged), others[7]
    place = tree_wanted(Room(GROUP), row, joining.context)
    assert place == stored.place
    outcome = receive({}, GROUP, row, joining.context, ratchet_tree=open_tree(place, stored.stored))
    assert kinds(outcome) == ["SaveRoom", "ForgetKeyPackage"]
    (room,) = outcome.rooms
    assert room.group is not None
    assert room.group.ratchet_tree == tree_of(staged)


@pytest.mark.parametrize("spoilt", ["none", "another", "malformed"])
def test_without_the_right_tree_nobody_is_half_in(spoilt: str) -> None:
    """K05: the room is not made, and the KeyPackage is there for another attempt (K13)."""
    _, _, others = offices()
    staged, _ = staged_with(MANY)
    other, _ = staged_with(MANY)
    trees = {"none": None, "another": tree_of(other), "malformed": tree_of(staged)[:-1]}
    codes = {"none": Code.INVALID_WELCOME, "another": Code.INVALID_TREE, "malformed": Code.MALFORMED}
    outcome = receive({}, GROUP, welcome_row(staged), others[7].context, ratchet_tree=trees[spoilt])
    assert outcome.rooms == ()
    assert notes(outcome) == [codes[spoilt]]
    assert not any(isinstance(effect, ForgetKeyPackage) for effect in outcome.effects)


def test_nothing_is_asked_for_where_a_row_is_refused_or_known_anyway() -> None:
    _, maker, others = offices()
    staged, merged = staged_with(MANY)
    row, joining = welcome_row(staged), others[7]
    assert tree_wanted(Room(GROUP), row, joining.context) is not None
    assert tree_wanted(PLAN, row, joining.context) is None
    assert tree_wanted(merged, row, joining.context) is None
    assert tree_wanted(Room(GROUP, position=2), row, joining.context) is None
    assert tree_wanted(Room(GROUP), replace(row, kind=RowKind.COMMIT), joining.context) is None
    assert tree_wanted(Room(GROUP), row, maker.context) is None
    assert tree_wanted(Room(GROUP), replace(row, payload=b"no Welcome"), joining.context) is None


def test_fresh_keys_lead_to_a_tree_that_the_keypackages_do_not_tell() -> None:
    _, maker, others = offices()
    _, merged = staged_with(2)
    package = others[3].key_package()
    added: DeviceId = others[3].id

    def tree_hash(*, refresh: bool) -> bytes:
        change = Change((added,), refresh=refresh)
        (room,) = stage_change(merged, change, {added: package}, maker.context).rooms
        assert room.staged is not None
        return room.staged.group.tree_hash

    assert tree_hash(refresh=False) == tree_hash(refresh=False)
    assert len({tree_hash(refresh=refresh) for refresh in (False, True, True)}) == 3
