"""Welcomes that an honest member never sends, taken apart, spoilt in one place and put together again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.crypto.mls.world import NOW, World, grown, trust

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import Group, KeyPackageSecrets, StagedCommit, join_group, key_schedule
from rogatory_crypto.mls.credentials import RATCHET_TREE, Extension, extension_of
from rogatory_crypto.mls.nodes import RATCHET_TREE_FIELD, Node
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.treekem import HpkeCiphertext
from rogatory_crypto.mls.welcome import (
    WELCOME_LABEL,
    EncryptedGroupSecrets,
    GroupInfo,
    GroupSecrets,
    Welcome,
    decode_message,
    encode_message,
)


@dataclass
class Invitation:
    """The parts of a Welcome and the KeyPackage it is for; the committer sits on seat 0."""

    world: World
    package: KeyPackageSecrets
    staged: StagedCommit
    secrets: GroupSecrets
    info: GroupInfo

    def seal(self, *, signer: Group | None = None, info: bytes | None = None) -> bytes:
        """Return the Welcome of the parts as they are now.

        Args:
            signer: signs the GroupInfo anew; seat 0 if nobody is named.
            info: the GroupInfo in other bytes.
        """
        suite = self.world.suite
        signed = self.info.signed(suite, (signer or self.world.groups[0]).signer.private)
        nothing = key_schedule.psk_secret(suite, ())
        secret = key_schedule.welcome_secret(suite, self.secrets.joiner_secret, nothing)
        key, nonce = key_schedule.welcome_key(suite, secret)
        sealed_info = suite.aead.seal(key, nonce, b"", signed.encode() if info is None else info)
        sealed = suite.encrypt_with_label(
            self.package.package.init_key,
            WELCOME_LABEL,
            sealed_info,
            self.secrets.encode(),
            self.world.random,
        )
        entry = EncryptedGroupSecrets(self.package.reference, HpkeCiphertext(*sealed))
        return encode_message(Welcome(suite.code, (entry,), sealed_info))

    @property
    def tree(self) -> bytes:
        """The tree that the GroupInfo carries."""
        held = extension_of(self.info.extensions, RATCHET_TREE)
        assert held is not None
        return held

    def change_tree(self, change: Callable[[list[Node | None]], None], *, rehash: bool = True) -> None:
        """Change the nodes of the tree and let the context agree with it."""
        nodes = list(RATCHET_TREE_FIELD.decode(self.tree))
        change(nodes)
        self.set_tree(RATCHET_TREE_FIELD.encode(tuple(nodes)), rehash=rehash)

    def set_tree(self, tree: bytes, *, rehash: bool) -> None:
        """Put in another tree; its hash can be had only of one that decodes."""
        self.info = replace(self.info, extensions=(Extension(RATCHET_TREE, tree),))
        if rehash:
            decoded = RatchetTree.decode(self.world.suite, tree)
            self.change_context(tree_hash=decoded.tree_hash())

    def change_context(self, **changes: object) -> None:
        """Change the GroupContext."""
        context = replace(self.info.group_context, **changes)  # type: ignore[arg-type]  # named by the tests
        self.info = replace(self.info, group_context=context)

    def join(self, message: bytes | None = None, **options: Any) -> Group:
        """Join by the Welcome as it is now."""
        settings: dict[str, Any] = {"now": NOW, "authenticate": trust, **options}
        return join_group(self.seal() if message is None else message, self.package, **settings)

    def refused(self, code: Code, rule: str, message: bytes | None = None, **options: Any) -> None:
        """Join by the Welcome as it is now, which must be refused with this code for this rule."""
        before = self.package.encode()
        with pytest.raises(PeerError) as caught:
            self.join(message, **options)
        assert self.package.encode() == before
        assert (caught.value.code, rule in caught.value.detail) == (code, True), str(caught.value)


def invite(world: World, *, path: bool = True) -> Invitation:
    """Return what seat 0 of a world sends to a new member."""
    package = world.client(b"guest").key_package()
    staged = world.stage(0, add=[package.message], path=path)
    assert staged.welcome is not None
    welcome = decode_message(staged.welcome)
    assert isinstance(welcome, Welcome)
    suite, sealed = world.suite, welcome.secrets[0].encrypted_group_secrets
    encoded = suite.decrypt_with_label(
        package.init_private,
        WELCOME_LABEL,
        welcome.encrypted_group_info,
        sealed.kem_output,
        sealed.ciphertext,
    )
    secrets = GroupSecrets.decode(encoded)
    secret = key_schedule.welcome_secret(suite, secrets.joiner_secret, key_schedule.psk_secret(suite, ()))
    key, nonce = key_schedule.welcome_key(suite, secret)
    info = GroupInfo.decode(suite.aead.open(key, nonce, b"", welcome.encrypted_group_info))
    return Invitation(world, package, staged, secrets, info)


def lived_in() -> Invitation:
    """Return an invitation to a group of six with blanks, unmerged leaves and keys at most parents."""
    world = grown(6)
    for seat in (0, 2, 5, 3):
        world.update(seat)
    world.remove(0, 4)
    return invite(world)
