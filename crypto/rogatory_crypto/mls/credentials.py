"""Credentials, capabilities, lifetimes and extensions (RFC 9420 sections 5.3, 7.2, 13).

Unknown values in capabilities and unknown extension types are kept as they came and ignored (D16).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Final, TypeAlias

from rogatory_crypto.codec import (
    UINT16,
    UINT64,
    Field,
    Reader,
    Struct,
    opaque,
    structure,
    uint16_vector,
    variant,
    vector,
)
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls.certificates import CHAIN_LIMIT, certificate_identity

PROTOCOL_VERSION: Final = 1  # mls10
CREDENTIAL_LIMIT: Final = 16 << 10  # Q02
EXTENSIONS_LIMIT: Final = 64  # Q02
_CAPABILITY_COUNT: Final = 256

# RFC 9420 section 17.3 and 17.4: types that every client has and that capabilities never list (D13).
APPLICATION_ID: Final = 1
RATCHET_TREE: Final = 2
REQUIRED_CAPABILITIES: Final = 3
EXTERNAL_PUB: Final = 4
EXTERNAL_SENDERS: Final = 5
LAST_RESORT: Final = 10
DEFAULT_EXTENSIONS: Final = frozenset(range(1, 6))
DEFAULT_PROPOSALS: Final = frozenset(range(1, 8))
BASIC: Final = 1
X509: Final = 2
# RFC 9420 section 13.5: values that mean nothing, so that nobody may choke on what he does not know.
GREASE: Final = tuple(0x0A0A + 0x1010 * step for step in range(15))


@dataclass(frozen=True, slots=True)
class Extension(Struct):
    """A type and data that only those who know the type read."""

    extension_type: int
    extension_data: bytes
    FIELDS: ClassVar = (UINT16, opaque(4 << 20))


def _extensions() -> Field[tuple[Extension, ...]]:
    plain = vector(structure(Extension), count=EXTENSIONS_LIMIT)

    def read(reader: Reader) -> tuple[Extension, ...]:
        value = plain.read(reader)
        if value and len({extension.extension_type for extension in value}) != len(value):
            raise PeerError(Code.MALFORMED, "A09: two extensions of one type")
        return value

    return Field(read, plain.write)


EXTENSIONS: Final = _extensions()


def extension_of(extensions: tuple[Extension, ...], extension_type: int) -> bytes | None:
    """Return the data of the extension of this type, if there is one."""
    for extension in extensions:
        if extension.extension_type == extension_type:
            return extension.extension_data
    return None


class Credential(Struct):
    """Who a leaf claims to be; ``identity`` is what two credentials of one client have in common."""

    __slots__ = ()
    TAG: ClassVar[int]
    identity: bytes


@dataclass(frozen=True, slots=True)
class BasicCredential(Credential):
    """An identity that the application knows how to check."""

    identity: bytes
    TAG: ClassVar = BASIC
    FIELDS: ClassVar = (opaque(CREDENTIAL_LIMIT),)


@dataclass(frozen=True, slots=True)
class X509Credential(Credential):
    """A chain of certificates in DER, end entity first (``certificates`` has its rules)."""

    certificates: tuple[bytes, ...]
    TAG: ClassVar = X509
    FIELDS: ClassVar = (vector(opaque(CREDENTIAL_LIMIT), count=CHAIN_LIMIT),)

    @property
    def identity(self) -> bytes:  # type: ignore[override]  # a field of the one kind, derived in the other
        """The URI in the end entity's certificate.

        Raises:
            PeerError: INVALID_CREDENTIAL if it has not exactly one.
        """
        return certificate_identity(self.certificates)


CREDENTIAL: Final[Field[Credential]] = variant(UINT16, {1: BasicCredential, 2: X509Credential})
Authenticator: TypeAlias = Callable[[Credential, bytes], None]
Successor: TypeAlias = Callable[[Credential, Credential], None]


def same_identity(old: Credential, new: Credential) -> None:
    """The strictest rule of succession: a seat keeps its identity.  # D02.

    Raises:
        PeerError: INVALID_CREDENTIAL.
    """
    if (old.TAG, old.identity) != (new.TAG, new.identity):
        raise PeerError(Code.INVALID_CREDENTIAL, "D02: another identity on the same seat")


@dataclass(frozen=True, slots=True)
class Capabilities(Struct):
    """What a client can do beyond what all can (RFC 9420 section 7.2)."""

    versions: tuple[int, ...]
    cipher_suites: tuple[int, ...]
    extensions: tuple[int, ...]
    proposals: tuple[int, ...]
    credentials: tuple[int, ...]
    FIELDS: ClassVar = (uint16_vector(_CAPABILITY_COUNT),) * 5


def own_capabilities(suite: int) -> Capabilities:
    """Return what this implementation lists for a suite, without grease (P02)."""
    return Capabilities((PROTOCOL_VERSION,), (suite,), (LAST_RESORT,), (), (BASIC,))


def greased(capabilities: Capabilities, choice: int) -> Capabilities:
    """Return the capabilities with one meaningless value in each field that may have it.  # P02 D16.

    Args:
        capabilities: what is really supported.
        choice: which of the fifteen values, by any number.
    """
    value = (GREASE[choice % len(GREASE)],)
    return Capabilities(
        capabilities.versions,
        capabilities.cipher_suites + value,
        capabilities.extensions + value,
        capabilities.proposals + value,
        capabilities.credentials + value,
    )


@dataclass(frozen=True, slots=True)
class Lifetime(Struct):
    """When a KeyPackage may be used, in seconds since 1970-01-01T00:00Z, both ends included."""

    not_before: int
    not_after: int
    FIELDS: ClassVar = (UINT64, UINT64)


@dataclass(frozen=True, slots=True)
class RequiredCapabilities(Struct):
    """What every member of a group must support (RFC 9420 section 11.1)."""

    extensions: tuple[int, ...] = field(default=())
    proposals: tuple[int, ...] = field(default=())
    credentials: tuple[int, ...] = field(default=())
    FIELDS: ClassVar = (uint16_vector(_CAPABILITY_COUNT),) * 3
