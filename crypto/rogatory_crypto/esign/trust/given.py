"""Trust anchors given by the caller as files: certificates, trusted lists, states of the directory.

What a certificate is trusted for follows from what it says of itself: one that may issue others (RFC 5280
section 4.2.1.9) ends chains; any other ends only its own, as a pinned signer, a time-stamping unit or an OCSP
responder (RFC 5280 section 4.2.1.12).
"""

import json
from collections.abc import Sequence
from typing import Final

from asn1crypto import pem, x509  # type: ignore[import-untyped]

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.certificate_summary import summary
from rogatory_crypto.esign.trust.anchor import Anchor, Anchors, Purpose, Source, SourceKind

MAX_ANCHOR_BYTES: Final = 64 * 1024
MAX_ANCHORS: Final = 1024
MAX_DIRECTORY_BYTES: Final = 16 * 1024 * 1024
GIVEN: Final = Source(SourceKind.GIVEN, "certificate given for this check")
_AUTHORITY: Final = frozenset({Purpose.ISSUER, Purpose.TIMESTAMP, Purpose.OCSP})
_SERVICES: Final = {"time_stamping": Purpose.TIMESTAMP, "ocsp_signing": Purpose.OCSP}


def read_anchors(trust: Sequence[bytes], at: int | None = None) -> Anchors:
    """The anchors in a caller's files.

    Args:
        trust: certificates (PEM or DER), trusted lists (XML), and states of the directory (JSON), of which
            the certificates count that offices name.
        at: the instant to check for, unix seconds; a list that ended before it is not used. Without it, no
            list is too old.

    Returns:
        What is trusted, and which of the lists could not be used and why.

    Raises:
        MisuseError: a file is none of these, or there are too many certificates.
    """
    found = [_pinned(trust)]
    if lists := [given for given in trust if _is_xml(given)]:
        from rogatory_crypto.esign.trust.given_lists import anchors_of_lists

        found.append(anchors_of_lists(lists, at))
    for given in filter(_is_json, trust):
        from rogatory_crypto.esign.trust.directory import directory_anchors

        found.append(directory_anchors(_records(given)))
    return Anchors(
        tuple(anchor for each in found for anchor in each.anchors),
        tuple(shortcoming for each in found for shortcoming in each.shortcomings),
    )


def refuse_misuse(trust: Sequence[bytes]) -> None:
    """Return only if ``read_anchors`` would; signatures and dates of lists are left to it, as they take long.

    Raises:
        MisuseError: a file is none that can be given as trusted.
    """
    _pinned(trust)
    for given in filter(_is_json, trust):
        _records(given)
    for given in filter(_is_xml, trust):
        from rogatory_crypto.esign.trust.given_lists import refuse_other_xml

        refuse_other_xml(given)


def purposes(certificate: Certificate) -> frozenset[Purpose]:
    """Return what a certificate may be trusted for by what it says of itself."""
    if _may_issue(certificate):
        return _AUTHORITY
    usage = certificate.extended_key_usage_value
    services = (
        frozenset(_SERVICES[str(use)] for use in usage.native if str(use) in _SERVICES)
        if usage
        else frozenset()
    )
    return services or frozenset({Purpose.SIGNER})


def _may_issue(certificate: Certificate) -> bool:
    if certificate.basic_constraints_value is not None:
        return bool(certificate.ca)
    is_v3 = certificate["tbs_certificate"]["version"].native == "v3"
    return not is_v3 and bool(certificate.subject == certificate.issuer)


def _is_xml(given: bytes) -> bool:
    # The last two are how XML in UTF-16 begins.
    return given.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<"))


def _is_json(given: bytes) -> bool:
    return given.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")


def _pinned(trust: Sequence[bytes]) -> Anchors:
    beside = (given for given in trust if not _is_xml(given) and not _is_json(given))
    certificates = [each for given in beside for each in _certificates(given)]
    if len(certificates) > MAX_ANCHORS:
        raise MisuseError(f"more than {MAX_ANCHORS} trusted certificates")
    return Anchors(tuple(Anchor(each, purposes(each), GIVEN) for each in certificates))


def _records(given: bytes) -> list[dict[str, object]]:
    if len(given) > MAX_DIRECTORY_BYTES:
        raise MisuseError("a state of the directory given as trusted is too large")
    try:
        records: list[dict[str, object]] = json.loads(given.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise MisuseError("a file given as trusted is JSON, but cannot be read") from error
    if not all(isinstance(record, dict) for record in records):
        raise MisuseError("a file given as trusted is JSON, but no state of the directory")
    return records


def _certificates(given: bytes) -> list[Certificate]:
    if len(given) > MAX_ANCHOR_BYTES * 16:
        raise MisuseError("a file of trusted certificates is too large")
    try:
        found = [_certificate(der) for der in _encodings(given)]
    except (ValueError, TypeError, IndexError, KeyError) as error:
        raise MisuseError("a trusted certificate could not be read") from error
    if not found:
        raise MisuseError("a file given as trusted holds no certificate")
    return found


def _encodings(given: bytes) -> list[bytes]:
    if not pem.detect(given):
        return [given]
    return [der for kind, _, der in pem.unarmor(given, multiple=True) if kind == "CERTIFICATE"]


def _certificate(der: bytes) -> Certificate:
    certificate = x509.Certificate.load(der, strict=True)
    summary(certificate)
    # Reading lazily would let a defect of an anchor appear in the middle of a check.
    _ = certificate.native
    return certificate
