"""What members may bring a group to is stored and comes back: the store reads all that the wire lets in."""

from tests.crypto.mls.world import LIFETIME, World, grown

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.errors import PeerError
from rogatory_crypto.mls import (
    BasicCredential,
    Extension,
    ExternalSender,
    decode_group,
    encode_group,
    external_senders_extension,
    generate_key_package,
)
from rogatory_crypto.mls.credentials import APPLICATION_ID


def assert_restorable(world: World) -> None:
    for group in world.groups.values():
        stored = encode_group(group)
        assert encode_group(decode_group(stored)) == stored


def test_a_group_with_long_extensions_is_restored_after_its_next_commit() -> None:
    # Q02 M01: 64 external senders of 16 KiB each are within the limits
    world = grown(2)
    signature_key = world.groups[0].signer.public
    senders = tuple(
        ExternalSender(signature_key, BasicCredential(bytes([number]) * (16 << 10))) for number in range(5)
    )
    world.merge(0, world.stage(0, extensions=(external_senders_extension(senders),)))
    assert_restorable(world)
    world.update(0)
    assert_restorable(world)


def test_a_group_of_members_with_long_leaves_is_restored_or_refused_in_time() -> None:
    # Q02: 280 KeyPackages, each as long as one may be
    world = grown(2)
    for batch in range(5):
        packages = []
        for number in range(56):
            client = world.client(b"long-%d-%d" % (batch, number))
            package = generate_key_package(
                client.suite,
                client.signer,
                BasicCredential(client.identity),
                LIFETIME,
                world.random,
                leaf_extensions=(Extension(APPLICATION_ID, opaque_bytes(bytes(64_000))),),
            )
            packages.append(package.message)
        before = dict(world.groups)
        try:
            world.merge(0, world.stage(0, add=packages))
        except PeerError:
            world.groups = before
            break
    assert_restorable(world)
