"""Cases about numbers, encodings and the labelled operations of a suite."""

from collections.abc import Callable

from tests.conformance.generator.seeded import Case, number

from rogatory_crypto.codec import length_prefix
from rogatory_crypto.mls import CipherSuite, Random, generate_signature_key, tree_math
from rogatory_crypto.mls.tree_math import NodeIndex


def tree_math_cases() -> list[Case]:
    """Trees of one to sixty-four seats."""
    return [_tree(1 << height) for height in range(7)]


def _tree(leaves: int) -> Case:
    nodes = [NodeIndex(index) for index in range(2 * leaves - 1)]
    root = tree_math.root(leaves)

    def all_nodes(function: Callable[[NodeIndex], NodeIndex], *, inner: bool) -> list[int | None]:
        return [function(node) if (node % 2 == 1 if inner else node != root) else None for node in nodes]

    return {
        "n_leaves": leaves,
        "n_nodes": len(nodes),
        "root": root,
        "left": all_nodes(tree_math.left, inner=True),
        "right": all_nodes(tree_math.right, inner=True),
        "parent": all_nodes(tree_math.parent, inner=False),
        "sibling": all_nodes(tree_math.sibling, inner=False),
    }


def deserialization_cases() -> list[Case]:
    """Lengths on both sides of every boundary."""
    lengths = (0, 1, 63, 64, 65, 16_382, 16_383, 16_384, 16_385, 1 << 20)
    return [{"vlbytes_header": length_prefix(length).hex(), "length": length} for length in lengths]


def crypto_basics_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """One of each labelled operation."""
    secret, context, value = random(suite.hash_size), random(32), random(64)
    generation, length = number(random, 1 << 32), 40
    expanded = suite.expand_with_label(secret, b"ExpandWithLabel", context, length)
    derived = suite.derive_tree_secret(secret, b"DeriveTreeSecret", generation, length)
    return [
        {
            "cipher_suite": suite.code,
            "ref_hash": {
                "label": "RefHash",
                "value": value.hex(),
                "out": suite.ref_hash(b"RefHash", value).hex(),
            },
            "expand_with_label": {
                "secret": secret.hex(),
                "label": "ExpandWithLabel",
                "context": context.hex(),
                "length": length,
                "out": expanded.hex(),
            },
            "derive_secret": {
                "secret": secret.hex(),
                "label": "DeriveSecret",
                "out": suite.derive_secret(secret, b"DeriveSecret").hex(),
            },
            "derive_tree_secret": {
                "secret": secret.hex(),
                "label": "DeriveTreeSecret",
                "generation": generation,
                "length": length,
                "out": derived.hex(),
            },
            "sign_with_label": _sign(suite, random),
            "encrypt_with_label": _encrypt(suite, random),
        }
    ]


def _sign(suite: CipherSuite, random: Random) -> Case:
    signer, content = generate_signature_key(suite, random), random(64)
    return {
        "priv": signer.private.hex(),
        "pub": signer.public.hex(),
        "content": content.hex(),
        "label": "SignWithLabel",
        "signature": suite.sign_with_label(signer.private, b"SignWithLabel", content).hex(),
    }


def _encrypt(suite: CipherSuite, random: Random) -> Case:
    private, public = suite.kem.derive_key_pair(random(suite.hash_size))
    context, plaintext = random(32), random(48)
    kem_output, ciphertext = suite.encrypt_with_label(public, b"EncryptWithLabel", context, plaintext, random)
    return {
        "priv": private.hex(),
        "pub": public.hex(),
        "label": "EncryptWithLabel",
        "context": context.hex(),
        "plaintext": plaintext.hex(),
        "kem_output": kem_output.hex(),
        "ciphertext": ciphertext.hex(),
    }
