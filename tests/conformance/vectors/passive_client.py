"""A client that joins by a Welcome and follows what the others do (RFC 9420 sections 12.1 to 12.4)."""

from typing import Final

from tests.conformance.vectors.case import Case, hexed, same
from tests.crypto.mls.world import trust

from rogatory_crypto.mls import (
    CipherSuite,
    CommitReceived,
    Group,
    GroupPolicy,
    KeyPackageSecrets,
    ProposalReceived,
    PskStore,
    cipher_suite,
    join_group,
    process,
)
from rogatory_crypto.mls.nodes import FromKeyPackage, KeyPackage
from rogatory_crypto.mls.welcome import decode_message, encode_message

# The vectors were made by many and for all: KeyPackages without an end, every wire format, every sender.
POLICY: Final = GroupPolicy(
    public_handshakes=True,
    external_commits=True,
    resync=True,
    new_member_proposals=True,
    past_epochs=0,
    resumption_psks=256,
    max_lifetime_s=(1 << 64) - 1,
)
OFFICIAL_VECTORS_AT: Final = 1_720_000_000  # July 2024: whoever sits in them may have come by then


def passive_client_case(case: Case) -> None:
    package, now = _key_package(case)
    psks = PskStore({hexed(psk["psk_id"]): hexed(psk["psk"]) for psk in case["external_psks"]})
    tree = case["ratchet_tree"]
    group = join_group(
        hexed(case["welcome"]),
        package,
        now=now,
        authenticate=trust,
        ratchet_tree=None if tree is None else hexed(tree),
        psks=psks,
        policy=POLICY,
    )
    same(group.epoch_authenticator.hex(), case["initial_epoch_authenticator"], "initial_epoch_authenticator")
    for number, epoch in enumerate(case["epochs"]):
        group = _follow(group, epoch, psks, now)
        same(group.epoch_authenticator.hex(), epoch["epoch_authenticator"], f"authenticator of {number}")


def _follow(group: Group, epoch: Case, psks: PskStore, now: int) -> Group:
    for text in epoch["proposals"]:
        proposed = process(group, hexed(text), now=now, authenticate=trust, psks=psks)
        if not isinstance(proposed, ProposalReceived):
            raise TypeError("not a proposal")
        group = proposed.group
    committed = process(group, hexed(epoch["commit"]), now=now, authenticate=trust, psks=psks)
    if not isinstance(committed, CommitReceived):
        raise TypeError("not a commit")
    return committed.group


def _key_package(case: Case) -> tuple[KeyPackageSecrets, int]:
    """Return the KeyPackage with its private keys, which must fit, and a time within its lifetime."""
    suite = cipher_suite(case["cipher_suite"])
    package = decode_message(hexed(case["key_package"]))
    if not isinstance(package, KeyPackage):
        raise TypeError("not a KeyPackage")
    leaf = package.leaf_node
    if not isinstance(leaf.source, FromKeyPackage):
        raise TypeError("a KeyPackage without a lifetime")
    init, encryption, signature = _private_keys(suite, case)
    same(suite.kem.public_key(init), package.init_key, "init_priv")
    same(suite.kem.public_key(encryption), leaf.encryption_key, "encryption_priv")
    same(suite.signature.public_key(signature), leaf.signature_key, "signature_priv")
    message, reference = encode_message(package), package.reference(suite)
    secrets = KeyPackageSecrets(message, reference, False, package, init, encryption, signature)  # noqa: FBT003
    lifetime = leaf.source.lifetime
    return secrets, max(lifetime.not_before, min(lifetime.not_after, OFFICIAL_VECTORS_AT))


def _private_keys(suite: CipherSuite, case: Case) -> tuple[bytes, bytes, bytes]:
    """Return the three private keys at full length: some who wrote vectors left leading zeros out."""
    point = suite.kem.public_size  # 04, x, y on the curves whose scalars are numbers; else the size is even
    size = point // 2 if point % 2 else 0
    init, encryption, signature = (
        hexed(case[name]).rjust(size, b"\0") for name in ("init_priv", "encryption_priv", "signature_priv")
    )
    return init, encryption, signature
