"""Tree arithmetic and the header of a vector (RFC 9420 appendix C, section 2.1.2)."""

from tests.conformance.vectors.case import Case, hexed, same

from rogatory_crypto.codec import Reader
from rogatory_crypto.mls import tree_math
from rogatory_crypto.mls.tree_math import NodeIndex


def tree_math_case(case: Case) -> None:
    size = case["n_leaves"]
    same(2 * size - 1, case["n_nodes"], "n_nodes")
    same(tree_math.root(size), case["root"], "root")
    for number in range(case["n_nodes"]):
        node = NodeIndex(number)
        parent = number != case["root"]
        inner = number % 2 == 1
        same(tree_math.left(node) if inner else None, case["left"][number], "left")
        same(tree_math.right(node) if inner else None, case["right"][number], "right")
        same(tree_math.parent(node) if parent else None, case["parent"][number], "parent")
        same(tree_math.sibling(node) if parent else None, case["sibling"][number], "sibling")


def deserialization_case(case: Case) -> None:
    header = hexed(case["vlbytes_header"])
    reader = Reader(header + bytes(case["length"]))
    same(reader.length(), case["length"], "length")
    same(reader.position, len(header), "header")
