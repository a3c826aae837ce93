"""Secrets of an epoch, transcripts, exporters and pre-shared keys (RFC 9420 section 8).

Of an epoch only what is still needed is kept: neither the joiner, member, welcome and epoch secrets nor the
encryption secret once the secret tree holds it (L01).
"""

import hmac
from dataclasses import dataclass, field
from typing import ClassVar, Final

from rogatory_crypto.codec import (
    OPAQUE,
    UINT8,
    UINT16,
    UINT64,
    Field,
    Struct,
    opaque,
    opaque_bytes,
    structure,
    variant,
)
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls.credentials import EXTENSIONS, Extension
from rogatory_crypto.primitives import NONCE_BYTES, CipherSuite, Random

GROUP_ID_LIMIT: Final = 255
PSK_LIMIT: Final = 16  # Q02
# ResumptionPSKUsage (RFC 9420 section 8.4)
APPLICATION_USE: Final = 1
REINIT_USE: Final = 2
BRANCH_USE: Final = 3
_SECRET: Final = opaque(64)


@dataclass(frozen=True, slots=True)
class GroupContext(Struct):
    """What all members agree on in an epoch (RFC 9420 section 8.1)."""

    version: int
    cipher_suite: int
    group_id: bytes
    epoch: int
    tree_hash: bytes
    confirmed_transcript_hash: bytes
    extensions: tuple[Extension, ...]
    FIELDS: ClassVar = (UINT16, UINT16, opaque(GROUP_ID_LIMIT), UINT64, OPAQUE, OPAQUE, EXTENSIONS)


@dataclass(frozen=True, slots=True)
class EpochSecrets(Struct):
    """The secrets that live as long as their epoch."""

    sender_data_secret: bytes = field(repr=False)
    exporter_secret: bytes = field(repr=False)
    external_secret: bytes = field(repr=False)
    confirmation_key: bytes = field(repr=False)
    membership_key: bytes = field(repr=False)
    resumption_psk: bytes = field(repr=False)
    epoch_authenticator: bytes = field(repr=False)
    init_secret: bytes = field(repr=False)
    FIELDS: ClassVar = (_SECRET,) * 8


def erased(secrets: EpochSecrets) -> EpochSecrets:
    """Return what remains of an epoch's secrets to who has to leave: the proof that he was in it.  # I12."""
    return EpochSecrets(*(b"",) * 6, secrets.epoch_authenticator, b"")


@dataclass(frozen=True, slots=True)
class NewEpoch:
    """What the key schedule gives at once; all but ``secrets`` is used up immediately."""

    secrets: EpochSecrets
    encryption_secret: bytes = field(repr=False)
    joiner_secret: bytes = field(repr=False)
    welcome_secret: bytes = field(repr=False)


def joiner_secret(suite: CipherSuite, init_secret: bytes, commit_secret: bytes, context: bytes) -> bytes:
    """Return the secret that a Welcome carries."""
    extracted = suite.kdf.extract(init_secret, commit_secret)
    return suite.expand_with_label(extracted, b"joiner", context, suite.hash_size)


def begin_epoch(suite: CipherSuite, joiner: bytes, psk_secret: bytes, context: bytes) -> NewEpoch:
    """Run the key schedule from the joiner secret (RFC 9420 section 8, figure 22)."""
    member = suite.kdf.extract(joiner, psk_secret)
    epoch = suite.expand_with_label(member, b"epoch", context, suite.hash_size)
    secrets = EpochSecrets(
        *(
            suite.derive_secret(epoch, label)
            for label in (
                b"sender data",
                b"exporter",
                b"external",
                b"confirm",
                b"membership",
                b"resumption",
                b"authentication",
                b"init",
            )
        )
    )
    encryption = suite.derive_secret(epoch, b"encryption")
    return NewEpoch(secrets, encryption, joiner, suite.derive_secret(member, b"welcome"))


def welcome_secret(suite: CipherSuite, joiner: bytes, psk_secret: bytes) -> bytes:
    """Return the secret that protects the GroupInfo of a Welcome."""
    return suite.derive_secret(suite.kdf.extract(joiner, psk_secret), b"welcome")


def welcome_key(suite: CipherSuite, secret: bytes) -> tuple[bytes, bytes]:
    """Return key and nonce of the GroupInfo of a Welcome (RFC 9420 section 12.4.3.1)."""
    key = suite.expand_with_label(secret, b"key", b"", suite.aead.key_size)
    return key, suite.expand_with_label(secret, b"nonce", b"", NONCE_BYTES)


def export(suite: CipherSuite, exporter_secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
    """``MLS-Exporter`` (RFC 9420 section 8.5)."""
    secret = suite.derive_secret(exporter_secret, label)
    return suite.expand_with_label(secret, b"exported", suite.hash(context), length)


def external_key_pair(suite: CipherSuite, external_secret: bytes) -> tuple[bytes, bytes]:
    """Return the key pair by which outsiders join (RFC 9420 section 8.3)."""
    return suite.kem.derive_key_pair(external_secret)


_EXTERNAL_INIT: Final = b"MLS 1.0 external init secret"


def offer_external_init(suite: CipherSuite, external_pub: bytes, random: Random) -> tuple[bytes, bytes]:
    """Return the KEM output of an ExternalInit and the init secret it stands for (section 8.3).  # H05.

    Raises:
        PeerError: MALFORMED for a public key that is none.
    """
    info = suite.hpke.prepare(b"")
    return suite.hpke.send_export(external_pub, info, _EXTERNAL_INIT, suite.hash_size, random)


def accept_external_init(suite: CipherSuite, external_secret: bytes, kem_output: bytes) -> bytes:
    """Return the init secret that an ExternalInit stands for (section 8.3).  # H05 F06.

    Raises:
        PeerError: MALFORMED or DECRYPTION_FAILED for a KEM output of the wrong length or a bad point.
    """
    private, _ = external_key_pair(suite, external_secret)
    info = suite.hpke.prepare(b"")
    return suite.hpke.receive_export(private, info, kem_output, _EXTERNAL_INIT, suite.hash_size)


def confirmed_transcript_hash(suite: CipherSuite, interim: bytes, confirmed_input: bytes) -> bytes:
    """Return the hash that the group context of the next epoch carries (RFC 9420 section 8.2)."""
    return suite.hash(interim + confirmed_input)


def interim_transcript_hash(suite: CipherSuite, confirmed: bytes, tag: bytes) -> bytes:
    """Return the hash that the next commit continues from."""
    return suite.hash(confirmed + opaque_bytes(tag))


def confirmation_tag(suite: CipherSuite, confirmation_key: bytes, confirmed: bytes) -> bytes:
    """Return the proof that the sender of a commit is in the same new epoch (RFC 9420 section 6.1)."""
    return suite.kdf.mac(confirmation_key, confirmed)


def verify_mac(expected: bytes, received: bytes, rule: str) -> None:
    """Compare in constant time, length included.  # A10.

    Raises:
        PeerError: BAD_MAC.
    """
    if not hmac.compare_digest(expected, received):
        raise PeerError(Code.BAD_MAC, rule)


class PskSource(Struct):
    """Where a pre-shared key comes from."""

    __slots__ = ()
    TAG: ClassVar[int]


@dataclass(frozen=True, slots=True)
class ExternalPsk(PskSource):
    """One agreed on outside of MLS."""

    psk_id: bytes
    TAG: ClassVar = 1
    FIELDS: ClassVar = (OPAQUE,)


@dataclass(frozen=True, slots=True)
class ResumptionPsk(PskSource):
    """One taken from an earlier epoch."""

    usage: int
    psk_group_id: bytes
    psk_epoch: int
    TAG: ClassVar = 2
    FIELDS: ClassVar = (UINT8, opaque(GROUP_ID_LIMIT), UINT64)

    def __post_init__(self) -> None:
        if self.usage not in {APPLICATION_USE, REINIT_USE, BRANCH_USE}:
            raise PeerError(Code.MALFORMED, "A04: unknown usage of a resumption PSK")


_PSK_SOURCE: Final[Field[PskSource]] = variant(UINT8, {1: ExternalPsk, 2: ResumptionPsk})


@dataclass(frozen=True, slots=True)
class PreSharedKeyId(Struct):
    """The name of a pre-shared key, with a nonce (RFC 9420 section 8.4)."""

    source: PskSource
    psk_nonce: bytes
    FIELDS: ClassVar = (_PSK_SOURCE, OPAQUE)


PRE_SHARED_KEY_ID: Final = structure(PreSharedKeyId)


def psk_secret(suite: CipherSuite, psks: tuple[tuple[PreSharedKeyId, bytes], ...]) -> bytes:
    """Fold pre-shared keys into one secret, in the order of their proposals (RFC 9420 section 8.4)."""
    zero = bytes(suite.hash_size)
    secret = zero
    count = len(psks).to_bytes(2, "big")  # J07
    for index, (identifier, psk) in enumerate(psks):
        label = identifier.encode() + index.to_bytes(2, "big") + count
        extracted = suite.kdf.extract(zero, psk)
        derived = suite.expand_with_label(extracted, b"derived psk", label, suite.hash_size)
        secret = suite.kdf.extract(derived, secret)
    return secret
