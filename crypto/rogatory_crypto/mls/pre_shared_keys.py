"""Which pre-shared keys an operation names and which of them we hold (RFC 9420 sections 8.4, 8.6).

A key that we do not hold is an error, never a guess (J03). Whoever keeps external keys gives each to the
operations that need it and deletes it once it is used up (L06).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls.key_schedule import (
    APPLICATION_USE,
    PSK_LIMIT,
    ExternalPsk,
    PreSharedKeyId,
    PskSource,
    ResumptionPsk,
)
from rogatory_crypto.primitives import CipherSuite, Random

PskSecrets: TypeAlias = tuple[tuple[PreSharedKeyId, bytes], ...]


@dataclass(frozen=True, slots=True)
class PskStore:
    """The pre-shared keys that an application holds.

    Attributes:
        external: by their id.
        resumption: of other groups, by group id and epoch; a group knows its own.
    """

    external: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    resumption: Mapping[tuple[bytes, int], bytes] = field(default_factory=dict, repr=False)

    def secret(self, source: PskSource) -> bytes | None:
        """Return the key that a source names, if it is held."""
        match source:
            case ExternalPsk(psk_id):
                return self.external.get(psk_id)
            case ResumptionPsk(psk_group_id=group_id, psk_epoch=epoch):
                return self.resumption.get((group_id, epoch))
            case _:
                return None


NO_PSKS: Final = PskStore()
Find: TypeAlias = Callable[[PskSource], bytes | None]


def psk_id(wanted: PskSource | PreSharedKeyId, suite: CipherSuite, random: Random) -> PreSharedKeyId:
    """Return the name of a key for one use, with a fresh nonce unless it has one.  # J01."""
    if isinstance(wanted, PreSharedKeyId):
        return wanted
    return PreSharedKeyId(wanted, random(suite.hash_size))


def verify_psk(identifier: PreSharedKeyId, suite: CipherSuite) -> None:
    """Return only if a PSK may be proposed in a running group.  # F04.

    Raises:
        PeerError: INVALID_PROPOSAL.
    """
    verify_nonce(identifier, suite)
    source = identifier.source
    if isinstance(source, ResumptionPsk) and source.usage != APPLICATION_USE:
        raise PeerError(Code.INVALID_PROPOSAL, "F04: a PSK of another usage in a running group")


def verify_nonce(identifier: PreSharedKeyId, suite: CipherSuite) -> None:
    """Return only if the nonce is as long as the suite's hash.  # F04 J01.

    Raises:
        PeerError: INVALID_PROPOSAL.
    """
    if len(identifier.psk_nonce) != suite.hash_size:
        raise PeerError(Code.INVALID_PROPOSAL, "F04: a PSK nonce of the wrong length")


def verify_distinct(identifiers: Sequence[PreSharedKeyId]) -> None:
    """Return only if no PSK is named twice, and not too many.  # G07 J07 Q02.

    Raises:
        PeerError: INVALID_PROPOSAL or TOO_LARGE.
    """
    if len(identifiers) > PSK_LIMIT:
        raise PeerError(Code.TOO_LARGE, "Q02 J07: too many pre-shared keys")
    if len({identifier.encode() for identifier in identifiers}) != len(identifiers):
        raise PeerError(Code.INVALID_PROPOSAL, "G07: one pre-shared key twice")


def held(identifiers: Sequence[PreSharedKeyId], find: Find) -> PskSecrets:
    """Return the keys in the order in which they were named.  # I10 J03.

    Raises:
        PeerError: UNKNOWN_PSK.
    """
    secrets = []
    for identifier in identifiers:
        secret = find(identifier.source)
        if secret is None:
            raise PeerError(Code.UNKNOWN_PSK, "J03 I10: a pre-shared key that we do not hold")
        secrets.append((identifier, secret))
    return tuple(secrets)
