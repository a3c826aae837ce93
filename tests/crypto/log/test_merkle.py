"""RFC 9162 section 2.1, exhaustively for every size and index up to 70, against the text's own recursion."""

from hashlib import sha256

import pytest

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log import merkle
from rogatory_crypto.log.tree import Tree

SIZES = range(71)
LEAVES = [merkle.leaf_hash(bytes([number])) for number in SIZES]


def recursive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 section 2.1.1, letter by letter."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = largest_power_below(len(leaves))
    return sha256(b"\x01" + recursive_root(leaves[:split]) + recursive_root(leaves[split:])).digest()


def largest_power_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def recursive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162 section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    split = largest_power_below(len(leaves))
    if index < split:
        return [*recursive_path(index, leaves[:split]), recursive_root(leaves[split:])]
    return [*recursive_path(index - split, leaves[split:]), recursive_root(leaves[:split])]


def recursive_subproof(old_size: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162 section 2.1.4.1."""
    if old_size == len(leaves):
        return [] if whole else [recursive_root(leaves)]
    split = largest_power_below(len(leaves))
    if old_size <= split:
        return [*recursive_subproof(old_size, leaves[:split], whole=whole), recursive_root(leaves[split:])]
    return [
        *recursive_subproof(old_size - split, leaves[split:], whole=False),
        recursive_root(leaves[:split]),
    ]


# The eight entries and roots that Certificate Transparency implementations have shared since RFC 6962.
KNOWN_ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(9))
def test_the_known_roots(size: int) -> None:
    leaves = [merkle.leaf_hash(entry) for entry in KNOWN_ENTRIES[:size]]
    assert merkle.root(leaves).hex() == KNOWN_ROOTS[size]


@pytest.mark.parametrize("size", SIZES)
def test_every_root_is_that_of_the_recursion(size: int) -> None:
    assert merkle.root(LEAVES[:size]) == recursive_root(LEAVES[:size])


@pytest.mark.parametrize("size", SIZES)
def test_every_inclusion_proof_is_that_of_the_recursion_and_verifies(size: int) -> None:
    leaves = LEAVES[:size]
    root, proofs = merkle.inclusion_proofs(leaves)
    assert root == merkle.root(leaves)
    assert len(proofs) == size
    for index, proof in enumerate(proofs):
        assert list(proof) == recursive_path(index, leaves)
        assert proof == Tree(leaves).prove_inclusion(index)
        merkle.verify_inclusion(leaves[index], index, size, proof, root)


@pytest.mark.parametrize("size", SIZES)
def test_every_consistency_proof_is_that_of_the_recursion_and_verifies(size: int) -> None:
    leaves = LEAVES[:size]
    root = merkle.root(leaves)
    for old_size in range(size + 1):
        proof = Tree(leaves).prove_consistency(old_size)
        if old_size:
            assert list(proof) == recursive_subproof(old_size, leaves, whole=True)
        merkle.verify_consistency(old_size, merkle.root(leaves[:old_size]), size, root, proof)


def refused_inclusion(leaf: bytes, index: int, size: int, proof: tuple[bytes, ...], root: bytes) -> bool:
    try:
        merkle.verify_inclusion(leaf, index, size, proof, root)
    except PeerError:
        return True
    return False


def test_an_inclusion_proof_serves_no_other_index_leaf_root_or_length() -> None:
    for size in range(1, 18):
        root, proofs = merkle.inclusion_proofs(LEAVES[:size])
        for index, proof in enumerate(proofs):
            leaf = LEAVES[index]
            assert all(
                refused_inclusion(leaf, other, size, proof, root) for other in range(size) if other != index
            )
            assert refused_inclusion(LEAVES[-1], index, size, proof, root)
            assert refused_inclusion(leaf, index, size, proof, LEAVES[-1])
            assert refused_inclusion(leaf, index, size, (*proof, LEAVES[-1]), root)
            assert not proof or refused_inclusion(leaf, index, size, proof[:-1], root)
            assert not proof or refused_inclusion(leaf, index, size, (LEAVES[-1], *proof[1:]), root)


def refused_consistency(
    old_size: int, old_root: bytes, size: int, root: bytes, proof: tuple[bytes, ...]
) -> bool:
    try:
        merkle.verify_consistency(old_size, old_root, size, root, proof)
    except PeerError:
        return True
    return False


def test_a_consistency_proof_serves_no_rewritten_tree() -> None:
    forged = merkle.leaf_hash(b"rewritten")
    for size in range(2, 18):
        root = merkle.root(LEAVES[:size])
        for old_size in range(1, size):
            proof = Tree(LEAVES[:size]).prove_consistency(old_size)
            old_root = merkle.root(LEAVES[:old_size])
            rewritten = [forged, *LEAVES[1:size]]
            forged_root = merkle.root(rewritten)
            forged_proof = Tree(rewritten).prove_consistency(old_size)
            assert refused_consistency(old_size, old_root, size, forged_root, proof)
            assert refused_consistency(old_size, old_root, size, forged_root, forged_proof)
            assert refused_consistency(old_size, forged_root, size, root, proof)
            assert refused_consistency(old_size, old_root, size, root, proof[:-1])
            assert refused_consistency(old_size, old_root, size, root, (*proof, forged))
            assert refused_consistency(old_size, old_root, size, root, ())


def test_nothing_precedes_the_empty_tree_but_the_empty_root() -> None:
    root = merkle.root(LEAVES)
    merkle.verify_consistency(0, merkle.EMPTY_ROOT, 71, root, ())
    assert refused_consistency(0, root, 71, root, ())
    assert refused_consistency(0, merkle.EMPTY_ROOT, 71, root, (root,))
    assert refused_consistency(65, merkle.EMPTY_ROOT, 71, root, ())
    assert refused_consistency(72, root, 71, root, ())


def test_a_leaf_cannot_pass_for_a_node() -> None:
    """RFC 9162 section 2.1.1: different prefixes give second preimage resistance."""
    node = merkle.node_hash(LEAVES[0], LEAVES[1])
    assert merkle.leaf_hash(LEAVES[0] + LEAVES[1]) != node


def test_a_hash_of_another_length_is_malformed() -> None:
    root, (proof, _) = merkle.inclusion_proofs(LEAVES[:2])
    for wrong in ((proof[0][:-1],), (proof[0] + b"\x00",)):
        with pytest.raises(PeerError) as refusal:
            merkle.verify_inclusion(LEAVES[0], 0, 2, wrong, root)
        assert refusal.value.code is Code.MALFORMED
    assert refused_inclusion(LEAVES[0], 2, 2, proof, root)
    assert refused_inclusion(LEAVES[0], -1, 2, proof, root)


def test_another_root_is_a_hash_mismatch() -> None:
    _, (proof, _) = merkle.inclusion_proofs(LEAVES[:2])
    with pytest.raises(PeerError) as refusal:
        merkle.verify_inclusion(LEAVES[0], 0, 2, proof, LEAVES[5])
    assert refusal.value.code is Code.HASH_MISMATCH
