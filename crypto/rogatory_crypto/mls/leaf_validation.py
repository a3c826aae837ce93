"""May this leaf, this KeyPackage, sit in this group (RFC 9420 sections 7.3, 10.1)?

The cheap checks come first, then the signature, and last the application's own judgement of the identity.
"""

from dataclasses import dataclass, replace
from typing import Final

from rogatory_crypto.codec import OPAQUE
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls.certificates import verify_certificate_chain
from rogatory_crypto.mls.credentials import (
    APPLICATION_ID,
    DEFAULT_EXTENSIONS,
    DEFAULT_PROPOSALS,
    LAST_RESORT,
    PROTOCOL_VERSION,
    Authenticator,
    Capabilities,
    Credential,
    Extension,
    Lifetime,
    RequiredCapabilities,
    Successor,
    X509Credential,
    extension_of,
    same_identity,
)
from rogatory_crypto.mls.extensions import external_senders, required_capabilities
from rogatory_crypto.mls.nodes import (
    FromCommit,
    FromKeyPackage,
    FromUpdate,
    KeyPackage,
    LeafNode,
    LeafNodeSource,
    leaf_place,
)
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.primitives import CipherSuite

MAX_LIFETIME_S: Final = 100 * 86_400
CLOCK_TOLERANCE_S: Final = 86_400
_KEY_PACKAGE_ONLY: Final = frozenset({LAST_RESORT})


@dataclass(frozen=True, slots=True)
class Admission:
    """The group a leaf wants to sit in, and who judges identities."""

    suite: CipherSuite
    group_id: bytes
    extensions: tuple[Extension, ...]
    authenticate: Authenticator
    now: int
    successor: Successor = same_identity
    max_lifetime_s: int = MAX_LIFETIME_S

    def with_extensions(self, extensions: tuple[Extension, ...]) -> "Admission":
        """Return the terms of the group once it has these extensions."""
        return replace(self, extensions=extensions)

    def verify_key_package(self, package: KeyPackage) -> KeyPackage:
        """Return a KeyPackage whose client may be added.  # F01 E02.

        Raises:
            PeerError: INVALID_KEY_PACKAGE, INVALID_LEAF_NODE, INVALID_CREDENTIAL, BAD_SIGNATURE or MALFORMED.
        """
        verify_key_package(package, self.suite, self.max_lifetime_s)
        self.verify_capabilities(package.leaf_node)
        self._authenticate(package.leaf_node.credential, package.leaf_node.signature_key)
        return package

    def verify_update(self, leaf: LeafNode, seat: LeafIndex, old: LeafNode) -> None:
        """Return only if a member may replace his leaf by this one.  # F02.

        Raises:
            PeerError: INVALID_LEAF_NODE, INVALID_CREDENTIAL, BAD_SIGNATURE or MALFORMED.
        """
        _verify_source(leaf, FromUpdate)
        self._verify_successor(leaf, seat, old)

    def verify_commit_leaf(self, leaf: LeafNode, seat: LeafIndex, old: LeafNode | None) -> None:
        """Return only if a committer may take a seat with this leaf.  # I02 B08 H03.

        Args:
            leaf: the leaf of the commit's path.
            seat: where it goes.
            old: the leaf it replaces; None for somebody who joins by the commit.

        Raises:
            PeerError: INVALID_LEAF_NODE, INVALID_CREDENTIAL, BAD_SIGNATURE or MALFORMED.
        """
        _verify_source(leaf, FromCommit)
        if old is None:
            self.verify_seated(leaf, seat)
        else:
            self._verify_successor(leaf, seat, old)

    def verify_seated(self, leaf: LeafNode, seat: LeafIndex) -> None:
        """Return only if a leaf may sit in a tree that we join.  # K07.

        Raises:
            PeerError: INVALID_LEAF_NODE, INVALID_CREDENTIAL, BAD_SIGNATURE or MALFORMED.
        """
        _verify_own_terms(leaf, self.suite)
        self.verify_capabilities(leaf)
        leaf.verify_signature(self.suite, leaf_place(self.group_id, seat))  # D06
        self._authenticate(leaf.credential, leaf.signature_key)

    def verify_capabilities(self, leaf: LeafNode) -> None:
        """Return only if a leaf supports what the group's extensions are and demand.  # D10 D11 F07 K12.

        Raises:
            PeerError: INVALID_LEAF_NODE or MALFORMED.
        """
        verify_capabilities(leaf, self.extensions)

    def verify_external_senders(self, extensions: tuple[Extension, ...]) -> None:
        """Return only if the application accepts who may propose from outside.  # F07 D01 D03.

        Raises:
            PeerError: INVALID_CREDENTIAL.
        """
        for sender in external_senders(extensions):
            self._authenticate(sender.credential, sender.signature_key)

    def verify_credential_types(self, tree: RatchetTree) -> None:
        """Return only if every member can read every credential in use.  # D12.

        Raises:
            PeerError: INVALID_LEAF_NODE.
        """
        if len(tree.census.credential_types) == 1:  # each lists its own (D04)
            return
        in_use = {leaf.credential.TAG for _, leaf in tree.leaves()}
        for _, leaf in tree.leaves():
            if not in_use <= set(leaf.capabilities.credentials):
                raise PeerError(Code.INVALID_LEAF_NODE, "D12: a member cannot read a credential in use")

    def _verify_successor(self, leaf: LeafNode, seat: LeafIndex, old: LeafNode) -> None:
        if leaf.encryption_key == old.encryption_key:
            raise PeerError(Code.INVALID_LEAF_NODE, "D08: the encryption key did not change")
        self.verify_seated(leaf, seat)
        self.successor(old.credential, leaf.credential)  # D02

    def _authenticate(self, credential: Credential, signature_key: bytes) -> None:
        if isinstance(credential, X509Credential):
            verify_certificate_chain(credential.certificates, signature_key, self.suite, now=self.now)  # D03
        self.authenticate(credential, signature_key)  # D01


def verify_capabilities(leaf: LeafNode, extensions: tuple[Extension, ...]) -> None:
    """Return only if a leaf supports what a group's extensions are and demand.  # D10 D11.

    Raises:
        PeerError: INVALID_LEAF_NODE or MALFORMED.
    """
    if not extensions:
        return
    held = {extension.extension_type for extension in extensions}
    if not held - DEFAULT_EXTENSIONS <= set(leaf.capabilities.extensions):
        raise PeerError(Code.INVALID_LEAF_NODE, "D11: an extension of the group is not supported")
    _verify_required(leaf.capabilities, required_capabilities(extensions))


def _verify_required(has: Capabilities, needs: RequiredCapabilities) -> None:
    satisfied = (
        set(needs.extensions) <= {*has.extensions, *DEFAULT_EXTENSIONS}
        and set(needs.proposals) <= {*has.proposals, *DEFAULT_PROPOSALS}
        and set(needs.credentials) <= set(has.credentials)
    )
    if not satisfied:
        raise PeerError(Code.INVALID_LEAF_NODE, "D10: a required capability is missing")


def _verify_source(leaf: LeafNode, source: type[LeafNodeSource]) -> None:
    if not isinstance(leaf.source, source):
        raise PeerError(Code.INVALID_LEAF_NODE, "D07: a leaf made for another purpose")


def _verify_own_terms(leaf: LeafNode, suite: CipherSuite) -> None:
    capabilities = leaf.capabilities
    if leaf.credential.TAG not in capabilities.credentials:
        raise PeerError(Code.INVALID_LEAF_NODE, "D04: its own credential type is not among its capabilities")
    if suite.code not in capabilities.cipher_suites or PROTOCOL_VERSION not in capabilities.versions:
        raise PeerError(Code.INVALID_LEAF_NODE, "D11: suite or version is not among its capabilities")
    if leaf.extensions:
        _verify_leaf_extensions(leaf)
    if not DEFAULT_EXTENSIONS.isdisjoint(capabilities.extensions):
        raise PeerError(Code.INVALID_LEAF_NODE, "D13: a default extension among the capabilities")
    if not DEFAULT_PROPOSALS.isdisjoint(capabilities.proposals):
        raise PeerError(Code.INVALID_LEAF_NODE, "D13: a default proposal among the capabilities")
    suite.kem.check_public_key(leaf.encryption_key)  # D05


def check_own_leaf(leaf: LeafNode, suite: CipherSuite) -> LeafNode:
    """Return a leaf of our own making that others will accept.

    Raises:
        MisuseError: naming the rule that it breaks.
    """
    try:
        _verify_own_terms(LeafNode.decode(leaf.encoded), suite)
    except PeerError as error:
        raise MisuseError(error.detail) from error
    return leaf


def _verify_leaf_extensions(leaf: LeafNode) -> None:
    application_id = extension_of(leaf.extensions, APPLICATION_ID)
    if application_id is not None:
        OPAQUE.decode(application_id)  # A03: RFC 9420 section 5.3.3
    types = {extension.extension_type for extension in leaf.extensions}
    if not types - DEFAULT_EXTENSIONS <= set(leaf.capabilities.extensions):
        raise PeerError(Code.INVALID_LEAF_NODE, "D11: an extension of its own is not among its capabilities")
    if types & ((DEFAULT_EXTENSIONS - {APPLICATION_ID}) | _KEY_PACKAGE_ONLY):
        raise PeerError(Code.INVALID_LEAF_NODE, "D15: an extension that does not belong into a leaf")


def verify_key_package(
    package: KeyPackage, suite: CipherSuite, max_lifetime_s: int = MAX_LIFETIME_S
) -> Lifetime:
    """Return the lifetime of a KeyPackage that is sound in itself, whoever it is from.

    Extensions of the KeyPackage that we do not know are ignored (RFC 9420 section 13.4, E06).

    Raises:
        PeerError: INVALID_KEY_PACKAGE, INVALID_LEAF_NODE, BAD_SIGNATURE or MALFORMED.
    """
    leaf = package.leaf_node
    if package.version != PROTOCOL_VERSION or package.cipher_suite != suite.code:
        raise PeerError(Code.INVALID_KEY_PACKAGE, "E01: another version or suite")
    _verify_source(leaf, FromKeyPackage)
    if extension_of(package.extensions, LAST_RESORT):
        raise PeerError(Code.MALFORMED, "A03: a mark of the last resort that says something")
    if package.init_key == leaf.encryption_key:
        raise PeerError(Code.INVALID_KEY_PACKAGE, "E04: one key in two places")
    lifetime = leaf_lifetime(leaf, max_lifetime_s)
    _verify_own_terms(leaf, suite)
    suite.kem.check_public_key(package.init_key)  # E04
    package.verify_signature(suite)  # E03
    leaf.verify_signature(suite, b"")  # D06
    return lifetime


def leaf_lifetime(leaf: LeafNode, max_lifetime_s: int = MAX_LIFETIME_S) -> Lifetime:
    """Return the lifetime of a KeyPackage's leaf.

    Raises:
        PeerError: INVALID_LEAF_NODE if there is none, or one longer than ``max_lifetime_s``.
    """
    if not isinstance(leaf.source, FromKeyPackage):
        raise PeerError(Code.INVALID_LEAF_NODE, "D07: a leaf made for another purpose")
    lifetime = leaf.source.lifetime
    if not 0 <= lifetime.not_after - lifetime.not_before <= max_lifetime_s:
        raise PeerError(Code.INVALID_LEAF_NODE, "D14: a lifetime that is negative or too long")
    return lifetime


def verify_current(leaf: LeafNode, now: int, max_lifetime_s: int = MAX_LIFETIME_S) -> None:
    """Return only if a leaf that we are about to send is within its lifetime.  # D14.

    Raises:
        PeerError: EXPIRED.
    """
    lifetime = leaf_lifetime(leaf, max_lifetime_s)
    if not lifetime.not_before <= now <= lifetime.not_after:
        raise PeerError(Code.EXPIRED, "D14: outside of the lifetime")


def verify_begun(leaf: LeafNode, now: int) -> None:
    """Return only if nobody could have had to wait before adding a leaf that is seated already.  # D14.

    Members stay beyond the lifetime of the KeyPackage they came by, so only its beginning says anything.

    Raises:
        PeerError: INVALID_LEAF_NODE.
    """
    if isinstance(leaf.source, FromKeyPackage) and leaf.source.lifetime.not_before > now + CLOCK_TOLERANCE_S:
        raise PeerError(Code.INVALID_LEAF_NODE, "D14: a seat taken before its time")


def check_lifetime(lifetime: Lifetime) -> None:
    """Refuse to make what everybody else would refuse.

    Raises:
        MisuseError: for a lifetime that is negative, longer than ``MAX_LIFETIME_S``, or out of 64 bits.
    """
    is_short = 0 <= lifetime.not_after - lifetime.not_before <= MAX_LIFETIME_S
    if not is_short or lifetime.not_before < 0 or lifetime.not_after >= 1 << 64:
        raise MisuseError(f"a KeyPackage lives at most {MAX_LIFETIME_S} seconds")
