"""The ratchet tree by the letter of RFC 9420 (sections 4.1, 7.5 to 7.9), slow and without short cuts.

An oracle for tests. Trees are linked nodes, not arrays; nothing is kept that can be computed, each
definition is one function, and nothing is taken from the modules it judges. The contents of leaves are bytes
that somebody else made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

Digest: TypeAlias = Callable[[bytes], bytes]


@dataclass(frozen=True)
class LeafContent:
    """What the tree has to know of a LeafNode; ``parent_hash`` is empty unless a commit made it."""

    encoded: bytes
    encryption_key: bytes
    signature_key: bytes
    parent_hash: bytes


@dataclass(frozen=True)
class ParentContent:
    """A ParentNode (section 7.1)."""

    encryption_key: bytes
    parent_hash: bytes
    unmerged_leaves: tuple[int, ...]


@dataclass(eq=False)
class Leaf:
    """A seat; blank if its content is None."""

    index: int
    content: LeafContent | None


@dataclass(eq=False)
class Parent:
    """An inner node; blank if its content is None."""

    left: "Node"
    right: "Node"
    content: ParentContent | None


Node: TypeAlias = Leaf | Parent
Content: TypeAlias = LeafContent | ParentContent

# Shapes


def in_order(node: Node) -> list[Node]:
    """Return all nodes from left to right; a node's index is its place in that list (appendix C)."""
    if isinstance(node, Leaf):
        return [node]
    return [*in_order(node.left), node, *in_order(node.right)]


def leaves(node: Node) -> list[Leaf]:
    return [below for below in in_order(node) if isinstance(below, Leaf)]


def parents(node: Node) -> list[Parent]:
    """Return the parents that are not blank."""
    return [below for below in in_order(node) if isinstance(below, Parent) and below.content is not None]


def leaf_at(tree: Node, index: int) -> Leaf:
    return next(leaf for leaf in leaves(tree) if leaf.index == index)


def direct_path(tree: Node, leaf: Leaf) -> list[Parent]:
    """Return the parents above a leaf, lowest first (section 4.1.2)."""
    if isinstance(tree, Leaf):
        return []
    side = tree.left if leaf in leaves(tree.left) else tree.right
    return [*direct_path(side, leaf), tree]


def blank_tree(first_leaf: int, width: int) -> Node:
    if width == 1:
        return Leaf(first_leaf, None)
    half = width // 2
    return Parent(blank_tree(first_leaf, half), blank_tree(first_leaf + half, half), None)


def tree_of(contents: Sequence[Content | None]) -> Node:
    """Return the tree whose nodes in order have these contents, one less than a power of two."""
    tree = blank_tree(0, (len(contents) + 1) // 2)
    for node, content in zip(in_order(tree), contents, strict=True):
        match node, content:
            case (Leaf(), LeafContent() | None) | (Parent(), ParentContent() | None):
                node.content = content
            case _:
                raise ValueError("a leaf and a parent in each other's place")
    return tree


def copy_of(node: Node) -> Node:
    if isinstance(node, Leaf):
        return Leaf(node.index, node.content)
    return Parent(copy_of(node.left), copy_of(node.right), node.content)


# Views (sections 4.1.1, 4.1.2)


def resolution(node: Node) -> list[Node]:
    """Return the nodes that together cover everybody below."""
    if isinstance(node, Leaf):
        return [] if node.content is None else [node]
    if node.content is None:
        return resolution(node.left) + resolution(node.right)
    return [node, *(leaf_at(node, index) for index in node.content.unmerged_leaves)]


def filtered_direct_path(tree: Node, leaf: Leaf) -> list[tuple[Parent, Node]]:
    """Return each parent above a leaf with its child off the path, unless that child covers nobody."""
    path = []
    for parent in direct_path(tree, leaf):
        beside = parent.right if leaf in leaves(parent.left) else parent.left
        if resolution(beside):
            path.append((parent, beside))
    return path


# Hashes (sections 2.1.2, 7.8, 7.9)


def vector(data: bytes) -> bytes:
    """Return a variable-size vector."""
    for code, size in ((0, 1), (1, 2), (2, 4)):
        if len(data) < 1 << (8 * size - 2):
            return (code << (8 * size - 2) | len(data)).to_bytes(size, "big") + data
    raise ValueError("too long")


def encode_parent(content: ParentContent) -> bytes:
    indices = b"".join(index.to_bytes(4, "big") for index in content.unmerged_leaves)
    return vector(content.encryption_key) + vector(content.parent_hash) + vector(indices)


def tree_hash(node: Node, digest: Digest) -> bytes:
    if isinstance(node, Leaf):
        present = b"\x00" if node.content is None else b"\x01" + node.content.encoded
        return digest(b"\x01" + node.index.to_bytes(4, "big") + present)
    present = b"\x00" if node.content is None else b"\x01" + encode_parent(node.content)
    below = vector(tree_hash(node.left, digest)) + vector(tree_hash(node.right, digest))
    return digest(b"\x02" + present + below)


def original(sibling: Node, unmerged: Sequence[int]) -> Node:
    """Return the subtree as it was before these leaves were added."""
    before = copy_of(sibling)
    for node in in_order(before):
        if isinstance(node, Leaf):
            node.content = None if node.index in unmerged else node.content
        elif node.content is not None:
            kept = tuple(index for index in node.content.unmerged_leaves if index not in unmerged)
            node.content = replace(node.content, unmerged_leaves=kept)
    return before


def parent_hash(content: ParentContent, sibling: Node, digest: Digest) -> bytes:
    """Return the parent hash of a parent with the copath child ``sibling``."""
    hashed = tree_hash(original(sibling, content.unmerged_leaves), digest)
    return digest(vector(content.encryption_key) + vector(content.parent_hash) + vector(hashed))


# Changes (sections 7.5, 7.7, 7.9, 12.1)


def add(tree: Node, content: LeafContent) -> tuple[Node, int]:
    """Seat somebody on the leftmost blank leaf and return the tree, which may have grown, and the seat."""
    free = [leaf for leaf in leaves(tree) if leaf.content is None]
    if not free:
        width = len(leaves(tree))
        return add(Parent(tree, blank_tree(width, width), None), content)
    free[0].content = content
    for parent in direct_path(tree, free[0]):
        if parent.content is not None:
            unmerged = tuple(sorted([*parent.content.unmerged_leaves, free[0].index]))
            parent.content = replace(parent.content, unmerged_leaves=unmerged)
    return tree, free[0].index


def replace_leaf(tree: Node, index: int, content: LeafContent | None) -> None:
    """Carry out an Update, or a Remove if there is no content."""
    leaf = leaf_at(tree, index)
    leaf.content = content
    for parent in direct_path(tree, leaf):
        parent.content = None


def truncate(tree: Node) -> Node:
    """Drop the right half for as long as nobody sits there."""
    if isinstance(tree, Leaf) or any(leaf.content is not None for leaf in leaves(tree.right)):
        return tree
    return truncate(tree.left)


def place_path(tree: Node, index: int, keys: Sequence[bytes], digest: Digest) -> bytes:
    """Give the path above a seat new keys, lowest first, and return the parent hash due to the leaf."""
    leaf = leaf_at(tree, index)
    path = filtered_direct_path(tree, leaf)
    for parent in direct_path(tree, leaf):
        parent.content = None
    above = b""
    for (parent, beside), key in reversed(list(zip(path, keys, strict=True))):
        parent.content = ParentContent(key, above, ())
        above = parent_hash(parent.content, beside, digest)
    return above


# Validity (sections 7.9.2, 12.4.3.1)


def flaws(tree: Node, digest: Digest) -> list[str]:
    """Return all that a new member has to refuse a tree for."""
    found = [*_key_flaws(tree), *_unmerged_flaws(tree)]
    if found:
        return found
    return [
        f"parent {in_order(tree).index(parent)} has no chain"
        for parent in parents(tree)
        if not _is_parent_hash_valid(parent, digest)
    ]


def _key_flaws(tree: Node) -> list[str]:
    contents = [node.content for node in in_order(tree) if node.content is not None]
    keys = [content.encryption_key for content in contents]
    signers = [content.signature_key for content in contents if isinstance(content, LeafContent)]
    return [
        f"a {kind} key occurs twice"
        for kind, values in (("encryption", keys), ("signature", signers))
        if sorted(set(values)) != sorted(values)
    ]


def _unmerged_flaws(tree: Node) -> list[str]:
    return [
        f"parent {in_order(tree).index(parent)} has wrong unmerged leaves"
        for parent in parents(tree)
        if not _lists_unmerged_leaves_well(parent)
    ]


def _lists_unmerged_leaves_well(parent: Parent) -> bool:
    listed = parent.content.unmerged_leaves if parent.content else ()
    taken = [leaf for leaf in leaves(parent) if leaf.content is not None]
    if list(listed) != sorted(set(listed)) or not set(listed) <= {leaf.index for leaf in taken}:
        return False
    between = {index: direct_path(parent, leaf_at(parent, index)) for index in listed}
    return all(
        node.content is None or index in node.content.unmerged_leaves
        for index, path in between.items()
        for node in path
    )


def _is_parent_hash_valid(parent: Parent, digest: Digest) -> bool:
    """Tell whether exactly one descendant vouches, and is a leaf or itself vouched for down to a leaf."""
    vouching = [node for node in in_order(parent) if _is_valid_with_respect_to(node, parent, digest)]
    if len(vouching) != 1:
        return False
    return isinstance(vouching[0], Leaf) or _is_parent_hash_valid(vouching[0], digest)


def _is_valid_with_respect_to(descendant: Node, parent: Parent, digest: Digest) -> bool:
    if descendant.content is None or descendant is parent or parent.content is None:
        return False
    child, sibling = parent.left, parent.right
    if descendant not in in_order(child):
        child, sibling = sibling, child
    covering = resolution(child)
    unmerged = {leaf for leaf in leaves(child) if leaf.index in parent.content.unmerged_leaves}
    return (
        descendant in covering
        and {node for node in covering if node is not descendant} == unmerged
        and descendant.content.parent_hash == parent_hash(parent.content, sibling, digest)
    )
