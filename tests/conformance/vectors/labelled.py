"""The labelled operations of a suite (RFC 9420 sections 5.1, 5.2, 8, 9.1)."""

from tests.conformance.vectors.case import Case, counting_random, hexed, same

from rogatory_crypto.primitives import CipherSuite, cipher_suite


def crypto_basics_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    part = case["ref_hash"]
    same(suite.ref_hash(part["label"].encode(), hexed(part["value"])).hex(), part["out"], "ref_hash")
    part = case["expand_with_label"]
    expanded = suite.expand_with_label(
        hexed(part["secret"]), part["label"].encode(), hexed(part["context"]), part["length"]
    )
    same(expanded.hex(), part["out"], "expand_with_label")
    part = case["derive_secret"]
    same(suite.derive_secret(hexed(part["secret"]), part["label"].encode()).hex(), part["out"], "derive")
    part = case["derive_tree_secret"]
    derived = suite.derive_tree_secret(
        hexed(part["secret"]), part["label"].encode(), part["generation"], part["length"]
    )
    same(derived.hex(), part["out"], "derive_tree_secret")
    _sign_case(suite, case["sign_with_label"])
    _encrypt_case(suite, case["encrypt_with_label"])


def _sign_case(suite: CipherSuite, part: Case) -> None:
    public, content, label = hexed(part["pub"]), hexed(part["content"]), part["label"].encode()
    suite.verify_with_label(public, label, content, hexed(part["signature"]))
    own = suite.sign_with_label(hexed(part["priv"]), label, content)
    suite.verify_with_label(public, label, content, own)
    same(suite.signature.public_key(hexed(part["priv"])), public, "signature key")


def _encrypt_case(suite: CipherSuite, part: Case) -> None:
    label, context, plaintext = part["label"].encode(), hexed(part["context"]), hexed(part["plaintext"])
    private, public = hexed(part["priv"]), hexed(part["pub"])
    received = hexed(part["kem_output"]), hexed(part["ciphertext"])
    own = suite.encrypt_with_label(public, label, context, plaintext, counting_random())
    for kem_output, ciphertext in (received, own):
        opened = suite.decrypt_with_label(private, label, context, kem_output, ciphertext)
        same(opened, plaintext, "encrypt_with_label")
