"""Which certificate is the signer's: the one named, and referred to by a signed attribute (RFC 5035)."""

from typing import Any

from asn1crypto import core, tsp  # type: ignore[import-untyped]

from rogatory_crypto.esign.asn1_types import Certificate, SignerInfo
from rogatory_crypto.esign.cms import attributes, oids
from rogatory_crypto.esign.cms.digests import digest, digest_name
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, indeterminate


def find_signing_certificate(
    info: SignerInfo, certificates: tuple[Certificate, ...]
) -> tuple[Certificate | None, Verdict]:
    """Return the certificate that the SignerInfo names, and whether its signed reference is to the same."""
    named = [each for each in certificates if _is_named(info, each)]
    missing = SubIndication.NO_SIGNING_CERTIFICATE_FOUND
    if not named:
        return None, indeterminate(missing, "the certificate of the signer is not there")
    try:
        stated = references(info)
        matching = [each for each in named if all(_is_referenced(each, one) for one in stated)]
    except attributes.ESCAPING as error:
        reason = f"the signed reference to the certificate cannot be read: {error}"[:300]
        return named[0], indeterminate(missing, reason)
    if matching:
        return matching[0], PASSED
    return named[0], indeterminate(missing, "the certificate is not the one that the signature refers to")


def _is_named(info: SignerInfo, certificate: Certificate) -> bool:
    sid = info["sid"]
    if sid.name == "subject_key_identifier":
        # RFC 5280 section 4.2.1.2: without the extension, issuers take the hash of the key.
        return bool(sid.native == (certificate.key_identifier or certificate.public_key.sha1))
    issuer, serial = sid.chosen["issuer"], sid.chosen["serial_number"].native
    return bool(certificate.serial_number == serial and _same_name(certificate.issuer, issuer))


def _same_name(first: Any, second: Any) -> bool:  # noqa: ANN401 - untyped library
    """Compare names; where they are not written alike, the library prepares every word of both (RFC 4518)."""
    return bool(first.dump() == second.dump() or first == second)


def references(info: SignerInfo) -> list[Any]:
    """Return the first certificate reference of each signed attribute that has one (RFC 5035).

    Raises:
        PeerError: MALFORMED where an attribute is there twice.
        ValueError: one cannot be read.
    """
    found = []
    for identifier, kind in (
        (oids.SIGNING_CERTIFICATE_V2, tsp.SigningCertificateV2),
        (oids.SIGNING_CERTIFICATE, tsp.SigningCertificate),
    ):
        value = attributes.only_value(attributes.signed(info), identifier)
        if value is not None:
            found.append(kind.load(value, strict=True)["certs"][0])
    return found


def refers(info: SignerInfo) -> bool:
    """Tell whether a signed attribute refers to the certificate, in a way that can be read."""
    try:
        return bool(references(info))
    except attributes.ESCAPING:
        return False


def _is_referenced(certificate: Certificate, reference: Any) -> bool:  # noqa: ANN401 - untyped library
    name = digest_name(reference["hash_algorithm"]) if isinstance(reference, tsp.ESSCertIDv2) else "sha1"
    if digest(name, certificate.dump()) != reference["cert_hash"].native:
        return False
    stated = reference["issuer_serial"]
    if isinstance(stated, core.Void):
        return True
    names = [each.chosen for each in stated["issuer"] if each.name == "directory_name"]
    return certificate.serial_number == stated["serial_number"].native and any(
        _same_name(certificate.issuer, name) for name in names
    )
