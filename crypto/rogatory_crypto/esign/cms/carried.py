"""Validation data among the attributes of a signature (EN 319 122-1 annex A.1, ISO 32000-1 section 12.8.3.3).

Anybody can add such data to a signature without breaking it: what cannot be read is left out.
"""

from typing import Any, Final

from asn1crypto import core, ocsp, x509  # type: ignore[import-untyped]

from rogatory_crypto.esign.asn1_types import SignerInfo
from rogatory_crypto.esign.cms import attributes, oids
from rogatory_crypto.esign.cms.attributes import Anything
from rogatory_crypto.esign.cms.signed_data import as_response, load_certificate, load_crl
from rogatory_crypto.esign.evidence import NOTHING, Evidence


class _CertificateValues(core.SequenceOf):  # type: ignore[misc]
    _child_spec = x509.Certificate


class _RevocationValues(core.Sequence):  # type: ignore[misc]
    """EN 319 122-1 clause A.1.2.2, and with whole responses ISO 32000-1 section 12.8.3.3.2."""

    _fields: Final = [
        ("crls", Anything, {"explicit": 0, "optional": True}),
        ("ocsps", Anything, {"explicit": 1, "optional": True}),
        ("others", core.Any, {"explicit": 2, "optional": True}),
    ]


def carried_evidence(info: SignerInfo) -> Evidence:
    """Return the validation data among a signature's attributes; what cannot be read is left out."""
    evidence = NOTHING
    for value in attributes.encoded_values(attributes.unsigned(info), oids.CERTIFICATE_VALUES):
        evidence += Evidence(certificates=_certificates(value))
    for value in attributes.encoded_values(attributes.unsigned(info), oids.REVOCATION_VALUES):
        evidence += _revocation(value, ocsp.BasicOCSPResponse)
    for value in attributes.encoded_values(attributes.signed(info), oids.ADOBE_REVOCATION):
        evidence += _revocation(value, ocsp.OCSPResponse)
    return evidence


def _certificates(value: bytes) -> tuple[Any, ...]:
    try:
        return tuple(load_certificate(each.dump()) for each in _CertificateValues.load(value, strict=True))
    except attributes.ESCAPING:
        return ()


def _revocation(value: bytes, kind: Any) -> Evidence:  # noqa: ANN401 - untyped library
    try:
        values = _RevocationValues.load(value, strict=True)
        crls = tuple(load_crl(each.dump()) for each in _listed(values["crls"]))
        found = tuple(kind.load(each.dump(), strict=True) for each in _listed(values["ocsps"]))
    except attributes.ESCAPING:
        return NOTHING
    is_basic = kind is ocsp.BasicOCSPResponse
    return Evidence(crls=crls, ocsps=tuple(as_response(each) for each in found) if is_basic else found)


def _listed(field: Any) -> tuple[Any, ...]:  # noqa: ANN401 - untyped library
    return () if isinstance(field, core.Void) else tuple(field)
