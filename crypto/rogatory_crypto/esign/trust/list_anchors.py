"""From what a trusted list says to what may end a chain, and when (TS 119 612 clauses 5.5 and 5.6).

A service is its key. Its history mostly names the key by its identifier or its subject alone, so the
certificates of the current entry stand for it in every period; a certificate named in one period only and of
another key counts for that period only.
"""

import hashlib
from collections.abc import Iterator
from typing import Final

from asn1crypto import x509  # type: ignore[import-untyped]

from rogatory_crypto.esign.trust.anchor import Anchor, Purpose, Source, SourceKind, Window
from rogatory_crypto.esign.trust.list_words import purpose_of, short_type, trusted_until
from rogatory_crypto.esign.trust.trusted_list import Period, Service, TrustedList
from rogatory_crypto.esign.trust.windows import succession

# How the extension begins in DER (RFC 5280 section 4.2.1.2): its object identifier, then an OCTET STRING.
_SUBJECT_KEY_IDENTIFIER: Final = bytes.fromhex("0603551d0e04")


def list_source(trusted: TrustedList, how: str) -> Source:
    """The list as a source of trust.

    Args:
        trusted: the list.
        how: why it is believed, such as "given for this check".
    """
    return Source(
        kind=SourceKind.TRUSTED_LIST,
        name=f"{trusted.title}, {how}",
        territory=trusted.territory,
        provider=trusted.operator,
        issued_at=trusted.issued_at,
        next_update=trusted.next_update,
        sequence=trusted.sequence,
    )


def service_anchors(trusted: TrustedList, source: Source) -> Iterator[Anchor]:
    """Yield the certificates of services, each for its purpose in the windows in which it was trusted."""
    for service in trusted.services:
        named = _source_of(service, source)
        for der in dict.fromkeys(der for period in service.periods for der in period.certificates):
            periods = [period for period in service.periods if _names(period, der, service)]
            for purpose, windows in _windows(periods, trusted.list_type).items():
                yield Anchor(x509.Certificate.load(der), frozenset({purpose}), named, windows)


def operator_anchors(trusted: TrustedList, source: Source) -> Iterator[Anchor]:
    """Yield the certificates that may sign other lists, each for the territory of its list alone."""
    for pointer in trusted.pointers:
        named = Source(
            kind=source.kind,
            name=source.name,
            territory=pointer.territory,
            provider=source.provider,
            service="trusted list operator",
            issued_at=source.issued_at,
            next_update=source.next_update,
            sequence=source.sequence,
        )
        for der in pointer.certificates:
            yield Anchor(x509.Certificate.load(der), frozenset({Purpose.LIST_OPERATOR}), named)


def _source_of(service: Service, source: Source) -> Source:
    current = service.periods[0]
    words = ", ".join((short_type(current.service_type), *current.information))
    return Source(
        kind=source.kind,
        name=source.name,
        territory=source.territory,
        provider=service.provider,
        service=f"{service.name} ({words})",
        issued_at=source.issued_at,
        next_update=source.next_update,
        sequence=source.sequence,
    )


def _windows(periods: list[Period], list_type: str) -> dict[Purpose, tuple[Window, ...]]:
    """The windows for each purpose; a service that changed its type was each of them in its time."""
    purposes = {purpose_of(period.service_type) for period in periods} - {None}
    found: dict[Purpose, tuple[Window, ...]] = {}
    for purpose in purposes:
        words = [
            (
                period.since,
                trusted_until(period.status, list_type) if purpose_of(period.service_type) is purpose else 0,
            )
            for period in periods
        ]
        if purpose is not None and (windows := succession(words)):
            found[purpose] = windows
    return found


def _names(period: Period, der: bytes, service: Service) -> bool:
    """Whether a period of a service is about the key of a certificate."""
    if der in period.certificates:
        return True
    if period.certificates:
        return any(_key(der) == _key(other) for other in period.certificates)
    if period.key_identifiers:
        return any(_states(der, each) for each in period.key_identifiers) or bool(
            _key_identifiers(der) & set(period.key_identifiers)
        )
    # By its subject alone: the certificates of the current entry are meant.
    return der in service.periods[0].certificates


def _key(der: bytes) -> bytes:
    try:
        return bytes(x509.Certificate.load(der).public_key.dump())
    except (ValueError, TypeError, KeyError):
        return der


def _states(der: bytes, identifier: bytes) -> bool:
    """Whether a certificate has the extension with this identifier, told without reading all of it."""
    size = len(identifier)
    return 0 < size < 126 and _SUBJECT_KEY_IDENTIFIER + bytes([size + 2, 4, size]) + identifier in der


def _key_identifiers(der: bytes) -> frozenset[bytes]:
    """Identifiers of a key: the one its certificate states, and the usual hash (RFC 5280 4.2.1.2)."""
    certificate = x509.Certificate.load(der)
    try:
        stated = certificate.key_identifier
        bits = bytes(certificate.public_key["public_key"])
    except (ValueError, TypeError, KeyError):
        return frozenset()
    usual = hashlib.sha1(bits, usedforsecurity=False).digest()
    return frozenset({stated, usual} if stated else {usual})
