"""What the extensions of a group say, and where one may stand (RFC 9420 sections 11.1, 12.1.8.1, 13, 17.3).

Types that we do not know may stand in a group whose members all list them; what we know is read entirely.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from rogatory_crypto.codec import OPAQUE, Struct, structure, vector
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls.credentials import (
    APPLICATION_ID,
    CREDENTIAL,
    EXTERNAL_PUB,
    EXTERNAL_SENDERS,
    LAST_RESORT,
    RATCHET_TREE,
    REQUIRED_CAPABILITIES,
    Credential,
    Extension,
    RequiredCapabilities,
    extension_of,
)

EXTERNAL_SENDERS_LIMIT: Final = 64
# draft-ietf-mls-extensions: its content is changed by a proposal of its own only.
APP_DATA_DICTIONARY: Final = 6
_NOT_OF_A_GROUP: Final = frozenset({APPLICATION_ID, RATCHET_TREE, EXTERNAL_PUB, LAST_RESORT})
_NOT_OF_A_GROUP_INFO: Final = frozenset(
    {APPLICATION_ID, REQUIRED_CAPABILITIES, EXTERNAL_SENDERS, LAST_RESORT}
)


@dataclass(frozen=True, slots=True)
class ExternalSender(Struct):
    """Somebody outside of the group with a standing right to propose (RFC 9420 section 12.1.8.1, P06)."""

    signature_key: bytes
    credential: Credential
    FIELDS: ClassVar = (OPAQUE, CREDENTIAL)


_EXTERNAL_SENDERS: Final = vector(structure(ExternalSender), count=EXTERNAL_SENDERS_LIMIT)


@dataclass(frozen=True, slots=True)
class ExternalPub(Struct):
    """The public key by which outsiders join (RFC 9420 section 12.4.3.2).  # H07."""

    external_pub: bytes
    FIELDS: ClassVar = (OPAQUE,)


def external_senders(extensions: tuple[Extension, ...]) -> tuple[ExternalSender, ...]:
    """Return who may propose from outside, in the order of their indices.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    data = extension_of(extensions, EXTERNAL_SENDERS)
    return () if data is None else _EXTERNAL_SENDERS.decode(data)


def external_senders_extension(senders: tuple[ExternalSender, ...]) -> Extension:
    """Return the extension that gives them the right to propose."""
    return Extension(EXTERNAL_SENDERS, _EXTERNAL_SENDERS.encode(senders))


def required_capabilities_extension(required: RequiredCapabilities) -> Extension:
    """Return the extension that demands capabilities of every member (RFC 9420 section 11.1)."""
    return Extension(REQUIRED_CAPABILITIES, required.encode())


def required_capabilities(extensions: tuple[Extension, ...]) -> RequiredCapabilities:
    """Return what every member must support, nothing if the group demands nothing.

    Raises:
        PeerError: MALFORMED.
    """
    data = extension_of(extensions, REQUIRED_CAPABILITIES)
    return RequiredCapabilities() if data is None else RequiredCapabilities.decode(data)


def verify_group_extensions(extensions: tuple[Extension, ...]) -> None:
    """Return only if these may be the extensions of a group.  # K14 A03.

    Raises:
        PeerError: UNSUPPORTED for one that belongs elsewhere, MALFORMED for one that cannot be read.
    """
    for extension in extensions:
        if extension.extension_type in _NOT_OF_A_GROUP:
            kind = extension.extension_type
            raise PeerError(Code.UNSUPPORTED, f"K14: extension {kind} does not belong to a group")
    required_capabilities(extensions)
    external_senders(extensions)


def verify_group_info_extensions(extensions: tuple[Extension, ...]) -> None:
    """Return only if these may stand in a GroupInfo; unknown ones are ignored.  # K14.

    Raises:
        PeerError: UNSUPPORTED for one that belongs elsewhere.
    """
    for extension in extensions:
        if extension.extension_type in _NOT_OF_A_GROUP_INFO:
            kind = extension.extension_type
            raise PeerError(Code.UNSUPPORTED, f"K14: extension {kind} does not belong to a GroupInfo")
