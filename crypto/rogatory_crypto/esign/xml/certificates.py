"""Which certificate signed: the one that the signature binds by digest, wherever it comes from.

A certificate in KeyInfo is not signed and could be swapped for another one with the same key; so the signed
reference decides (EN 319 102-1 clause 5.2.3). Without one, KeyInfo itself must be among what is signed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import tsp  # type: ignore[import-untyped]

from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.cms.attributes import ESCAPING
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.cms.signed_data import load_certificate
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, indeterminate
from rogatory_crypto.esign.xml.elements import children, octets
from rogatory_crypto.esign.xml.names import Element, ds
from rogatory_crypto.esign.xml.qualifying import CertificateReference

MAX_CERTIFICATES: Final = 64
_WEAK: Final = frozenset({"md5", "sha1"})
OTHER_NAME: Final = "the issuer's name beside the certificate's digest is not written as in the certificate"
WEAK_REFERENCE: Final = "the signer's certificate is bound by a digest that is no longer strong"


@dataclass(frozen=True, slots=True)
class Identified:
    """The signing certificate.

    Attributes:
        certificate: absent where none was found.
        verdict: PASSED where it is the one that the signature is bound to.
        warnings: what is odd about how it is bound.
    """

    certificate: Certificate | None
    verdict: Verdict = PASSED
    warnings: tuple[str, ...] = ()


def key_info_certificates(signature: Element) -> tuple[Certificate, ...]:
    """Return the certificates in KeyInfo that can be read; nothing is fetched, a bare key is none."""
    found = [
        each
        for key_info in children(signature, ds("KeyInfo"))
        for data in children(key_info, ds("X509Data"))
        for each in children(data, ds("X509Certificate"))
    ]
    return tuple(readable(found[:MAX_CERTIFICATES]))


def readable(elements: Iterable[Element]) -> Iterable[Certificate]:
    """Return the certificates in elements; what cannot be read was no evidence."""
    for element in elements:
        try:
            certificate = load_certificate(octets(element))
            _ = certificate.serial_number, certificate.public_key.algorithm
        except ESCAPING:
            continue
        yield certificate


def identify(
    references: Sequence[CertificateReference],
    named: Sequence[Certificate],
    others: Sequence[Certificate],
    signed_with: Callable[[Certificate], bool],
    *,
    key_info_is_signed: bool,
) -> Identified:
    """Find the signing certificate.

    Args:
        references: what is signed of it.
        named: those in KeyInfo.
        others: those known from elsewhere, which count only where they are the one referred to.
        signed_with: whether the signature was made with the key of a certificate.
        key_info_is_signed: whether KeyInfo is among what is signed.
    """
    if not references:
        return _unbound(named, signed_with, key_info_is_signed=key_info_is_signed)
    matching = _meant(named, references) or _meant(others, references)
    if not matching:
        # Whoever is named and did sign is shown; whoever is named and did not is nobody.
        return Identified(next(filter(signed_with, named), None), _missing(found=bool(named)))
    certificate, reference = matching[0]
    if len(matching) > 1:
        certificate, reference = next((pair for pair in matching if signed_with(pair[0])), matching[0])
    return Identified(certificate, *_agrees(certificate, reference))


def _missing(*, found: bool) -> Verdict:
    reason = (
        "the certificate is not the one that the signature refers to"
        if found
        else "the certificate of the signer is not there"
    )
    return indeterminate(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, reason)


def _unbound(
    named: Sequence[Certificate], signed_with: Callable[[Certificate], bool], *, key_info_is_signed: bool
) -> Identified:
    if not named:
        return Identified(None, _missing(found=False))
    certificate = named[0] if len(named) == 1 else next(filter(signed_with, named), named[0])
    if key_info_is_signed:
        return Identified(certificate)
    reason = "the signature does not say with which certificate it was made"
    return Identified(certificate, indeterminate(SubIndication.SIG_CONSTRAINTS_FAILURE, reason))


def _meant(
    certificates: Iterable[Certificate], references: Sequence[CertificateReference]
) -> list[tuple[Certificate, CertificateReference]]:
    return [(each, one) for each in certificates for one in references if _is_meant(each, one)]


def _is_meant(certificate: Certificate, reference: CertificateReference) -> bool:
    return digest(reference.digest, certificate.dump()) == reference.value


def _agrees(certificate: Certificate, reference: CertificateReference) -> tuple[Verdict, tuple[str, ...]]:
    """Compare the issuer and the serial number that may stand beside the digest."""
    warnings: tuple[str, ...] = (WEAK_REFERENCE,) if reference.digest in _WEAK else ()
    if reference.issuer_serial and not _is_issuer_serial(certificate, reference.issuer_serial):
        return _contradiction(), warnings
    if reference.serial_number is not None and reference.serial_number != certificate.serial_number:
        return _contradiction(), warnings
    # The digest and the number bind the certificate; a name has more spellings than RFC 4514 knows.
    if reference.issuer and _words(reference.issuer) != _words_of(certificate):
        warnings += (OTHER_NAME,)
    return PASSED, warnings


def _contradiction() -> Verdict:
    return indeterminate(
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
        "the signature refers to the certificate by another issuer or serial number than it has",
    )


def _is_issuer_serial(certificate: Certificate, encoded: bytes) -> bool:
    try:
        stated = tsp.IssuerSerial.load(encoded, strict=True)
        names = [_words_in(each.chosen) for each in stated["issuer"] if each.name == "directory_name"]
        # Products write the parts of the name in either order.
        return certificate.serial_number == stated["serial_number"].native and _words_of(certificate) in names
    except ESCAPING:
        return False


def _words(name: str) -> frozenset[str]:
    """Return the values in a distinguished name, whatever its order and the names of its attributes."""
    parts = name.replace("\\,", "\0").replace('"', "").split(",")
    values = (part.partition("=")[2].replace("\0", ",").replace("\\", "") for part in parts)
    return frozenset(" ".join(value.split()).casefold() for value in values)


def _words_of(certificate: Certificate) -> frozenset[str]:
    try:
        return _words_in(certificate.issuer)
    except ESCAPING:
        return frozenset()


def _words_in(name: Any) -> frozenset[str]:  # noqa: ANN401 - untyped library
    values = (str(pair["value"].native) for each in name.chosen for pair in each)
    return frozenset(" ".join(value.split()).casefold() for value in values)
