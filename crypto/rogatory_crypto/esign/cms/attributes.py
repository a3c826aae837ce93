"""Signed and unsigned attributes of a SignerInfo (RFC 5652 section 11, EN 319 122-1 clause 5)."""

from collections.abc import Iterable
from typing import Any, Final

from asn1crypto import cms, core  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import SignedData, SignerInfo
from rogatory_crypto.esign.cms import oids
from rogatory_crypto.esign.cms.signed_data import (
    UNREADABLE,
    read_signed_data,
)

MAX_TIMESTAMPS: Final = 32
# The only signed attribute that may be there several times (EN 319 122-1 clause 5.2.8).
_REPEATABLE: Final = frozenset({oids.CONTENT_TIME_STAMP})
_ONE_VALUE: Final = frozenset(
    {
        oids.CONTENT_TYPE,
        oids.MESSAGE_DIGEST,
        oids.SIGNING_TIME,
        oids.SIGNING_CERTIFICATE,
        oids.SIGNING_CERTIFICATE_V2,
        oids.ALGORITHM_PROTECTION,
    }
)
# Of these RFC 5652 (sections 11.1 to 11.3) and RFC 6211 (section 3) say that there is one.
FORBIDDEN_TWICE: Final = frozenset(
    {oids.CONTENT_TYPE, oids.MESSAGE_DIGEST, oids.SIGNING_TIME, oids.ALGORITHM_PROTECTION}
)
# PKCS #9 and S/MIME, ETSI: a product's own attributes follow rules of its own.
_STANDARD: Final = ("1.2.840.113549.", "0.4.0.")
ESCAPING: Final = (PeerError, *UNREADABLE)


class Anything(core.SequenceOf):  # type: ignore[misc]
    """A SEQUENCE OF of whatever it holds."""

    _child_spec = core.Any


class _Values(core.SetOf):  # type: ignore[misc]
    """The values of an attribute whatever they hold: the library stumbles over those of another kind."""

    _child_spec = core.Any


def signed(info: SignerInfo) -> tuple[Any, ...]:
    """Return the signed attributes in the order in which they stand."""
    return _attributes(info["signed_attrs"])


def unsigned(info: SignerInfo) -> tuple[Any, ...]:
    """Return the unsigned attributes in the order in which they stand."""
    return _attributes(info["unsigned_attrs"])


def _attributes(field: Any) -> tuple[Any, ...]:  # noqa: ANN401 - untyped library
    return () if isinstance(field, core.Void) else tuple(field)


def encoded_values(attributes: Iterable[Any], identifier: str) -> tuple[bytes, ...]:
    """Return the encoding of each value of every attribute of a kind."""
    return tuple(
        value.dump()
        for attribute in attributes
        if attribute["type"].dotted == identifier
        for value in _Values.load(attribute["values"].dump(), strict=True)
    )


def only_value(attributes: Iterable[Any], identifier: str) -> bytes | None:
    """Return the encoding of the value of a kind of attribute that is there at most once.

    Raises:
        PeerError: MALFORMED where it is there twice, or with several values, or with none.
    """
    found = [attribute for attribute in attributes if attribute["type"].dotted == identifier]
    if not found:
        return None
    values = found[0]["values"]
    if len(found) != 1 or len(values) != 1:
        raise PeerError(Code.MALFORMED, f"the attribute {name_of(found[0])} must stand there once")
    return bytes(values[0].dump())


def repeated(info: SignerInfo) -> Any | None:  # noqa: ANN401 - untyped library
    """Return a signed attribute of a standard that is there twice or with too many values."""
    seen: set[str] = set()
    for attribute in signed(info):
        identifier = attribute["type"].dotted
        if identifier in _REPEATABLE or not identifier.startswith(_STANDARD):
            continue
        values = len(attribute["values"])
        if identifier in seen or values == 0 or (values > 1 and identifier in _ONE_VALUE):
            return attribute
        seen.add(identifier)
    return None


def name_of(attribute: Any) -> str:  # noqa: ANN401 - untyped library
    """Return what to call an attribute in a sentence."""
    return str(attribute["type"].native).replace("_", "-")


def octets(encoded: bytes) -> bytes:
    """Read an OCTET STRING value.

    Raises:
        PeerError: MALFORMED where it is none.
    """
    try:
        return bytes(core.OctetString.load(encoded, strict=True).native)
    except ESCAPING as error:
        raise PeerError(Code.MALFORMED, "an attribute that is no octet string") from error


def signing_time(info: SignerInfo) -> int | None:
    """Return what the signer's computer said, unix seconds (RFC 5652 section 11.3); absent if unreadable."""
    values = encoded_values(signed(info), oids.SIGNING_TIME)
    try:
        return int(cms.Time.load(values[0], strict=True).native.timestamp()) if values else None
    except ESCAPING:
        return None


def signature_policy(info: SignerInfo) -> str:
    """Return the identifier of the policy it was signed under (EN 319 122-1 clause 5.2.9); empty if none."""
    for value in encoded_values(signed(info), oids.SIGNATURE_POLICY):
        try:
            return str(core.ObjectIdentifier.load(Anything.load(value, strict=True)[0].dump()).dotted)
        except ESCAPING:
            return "that cannot be read"
    return ""


def tokens(attributes: Iterable[Any], identifier: str) -> tuple[SignedData | None, ...]:
    """Return the time-stamp tokens in every attribute of a kind; None for one that cannot be read.

    Raises:
        PeerError: TOO_LARGE where there are more than can be checked in reasonable time.
    """
    values = encoded_values(attributes, identifier)
    if len(values) > MAX_TIMESTAMPS:
        raise PeerError(Code.TOO_LARGE, f"more than {MAX_TIMESTAMPS} time stamps on one signature")
    return tuple(_token(value) for value in values)


def _token(value: bytes) -> SignedData | None:
    try:
        return read_signed_data(value)
    except PeerError:
        return None
