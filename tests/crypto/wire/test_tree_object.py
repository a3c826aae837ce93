"""A tree beside its Welcome: the same for all who know its hash, nothing for anybody else (checklist K05)."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.mls.world import grown

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire import tree_object
from rogatory_crypto.wire.identifier import GroupId
from rogatory_crypto.wire.tree_object import MAX_STORED_TREE_BYTES, MAX_TREE_BYTES, open_tree, seal_tree

GROUP, OTHER_GROUP = GroupId(b"g" * 32), GroupId(b"o" * 32)
PLACE = tree_object.tree_object(GROUP, b"h" * 32)
trees = st.binary(max_size=40_000)


def code_of(stored: bytes, place: tree_object.TreeObject = PLACE) -> Code:
    with pytest.raises(PeerError) as refusal:
        open_tree(place, stored)
    return refusal.value.code


@given(trees)
def test_what_was_sealed_opens_and_sealing_again_gives_the_same_bytes(tree: bytes) -> None:
    stored = seal_tree(PLACE, tree)
    assert open_tree(PLACE, stored) == tree
    assert seal_tree(tree_object.tree_object(GROUP, b"h" * 32), tree) == stored


def test_address_and_key_stay_as_they_are() -> None:
    """Others derive the same: a change here would leave new members without the trees that are stored."""
    assert PLACE.blob_id.hex() == "cc6792864220037760faf263560c6d6b"
    digest = sha256(PLACE.key.key + PLACE.key.salt + PLACE.key.context).hexdigest()
    assert digest == "cfd690f907a8554b061fe4231fe6a2fae7cc5756e6bca891ac902c5c0e136c7a"


@given(st.sampled_from([GROUP, OTHER_GROUP]), st.binary(min_size=32, max_size=64))
def test_another_group_or_tree_lies_elsewhere_under_another_key(group: GroupId, tree_hash: bytes) -> None:
    other = tree_object.tree_object(group, tree_hash)
    if (group, tree_hash) == (GROUP, b"h" * 32):
        return
    parts = {other.blob_id, other.key.key, other.key.salt, other.key.context}
    assert not parts & {PLACE.blob_id, PLACE.key.key, PLACE.key.salt, PLACE.key.context}
    assert code_of(seal_tree(other, b"tree")) is Code.DECRYPTION_FAILED


def test_the_key_is_in_no_repr() -> None:
    assert PLACE.key.key.hex() not in repr(PLACE)
    assert repr(PLACE.key.key) not in repr(PLACE)


@given(trees, st.data())
def test_a_cut_or_damaged_object_is_refused(tree: bytes, data: st.DataObject) -> None:
    stored = seal_tree(PLACE, tree)
    cut = data.draw(st.integers(0, len(stored) - 1))
    assert code_of(stored[:cut]) in {Code.WRONG_LENGTH, Code.DECRYPTION_FAILED}
    damaged = bytearray(stored)
    damaged[cut] ^= 1
    assert code_of(bytes(damaged)) is Code.DECRYPTION_FAILED


def test_nobody_reads_or_writes_more_than_a_tree_may_have() -> None:
    assert code_of(bytes(MAX_STORED_TREE_BYTES + 1)) is Code.TOO_LARGE
    assert len(seal_tree(PLACE, bytes(MAX_TREE_BYTES))) == MAX_STORED_TREE_BYTES
    with pytest.raises(MisuseError):
        seal_tree(PLACE, bytes(MAX_TREE_BYTES + 1))


def test_the_tree_of_a_group_comes_back() -> None:
    group = grown(5).groups[3]
    place = tree_object.tree_object(GroupId(group.group_id), group.tree_hash)
    assert open_tree(place, seal_tree(place, group.ratchet_tree)) == group.ratchet_tree
