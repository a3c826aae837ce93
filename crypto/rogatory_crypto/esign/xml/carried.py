"""Validation data among the unsigned properties (EN 319 132-1 clauses 5.4, 5.5 and annex A).

Anybody can add such data to a signature without breaking it: what cannot be read is left out.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from asn1crypto import ocsp  # type: ignore[import-untyped]

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.asn1_types import OcspResponse
from rogatory_crypto.esign.cms.signed_data import as_response, load_crl
from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.xml.certificates import readable
from rogatory_crypto.esign.xml.elements import octets
from rogatory_crypto.esign.xml.names import XADES_141, Element, xades

MAX_VALUES: Final = 512
_CONTAINERS: Final = frozenset(
    {
        *(name for each in ("CertificateValues", "RevocationValues") for name in xades(each)),
        *(
            name
            for each in ("AttrAuthoritiesCertValues", "AttributeRevocationValues")
            for name in xades(each)
        ),
        f"{{{XADES_141}}}TimeStampValidationData",
        f"{{{XADES_141}}}AnyValidationData",
    }
)


def carried_evidence(unsigned: Iterable[Element]) -> Evidence:
    """Return the certificates and revocation data that a signature carries."""
    containers = [each for each in unsigned if each.tag in _CONTAINERS]
    return Evidence(
        certificates=tuple(readable(_values(containers, "EncapsulatedX509Certificate"))),
        crls=tuple(_crls(_values(containers, "EncapsulatedCRLValue"))),
        ocsps=tuple(_ocsps(_values(containers, "EncapsulatedOCSPValue"))),
    )


def _values(containers: Iterable[Element], name: str) -> list[Element]:
    found = [each for container in containers for each in container.iter(*xades(name))]
    return found[:MAX_VALUES]


def _crls(elements: Iterable[Element]) -> Iterator[Any]:
    for element in elements:
        try:
            yield load_crl(octets(element))
        except (PeerError, ValueError, TypeError):
            continue


def _ocsps(elements: Iterable[Element]) -> Iterator[OcspResponse]:
    for element in elements:
        try:
            yield _response(octets(element))
        except (PeerError, ValueError, TypeError):
            continue


def _response(encoded: bytes) -> OcspResponse:
    try:
        response = ocsp.OCSPResponse.load(encoded, strict=True)
        _ = response["response_status"].native
    except (ValueError, TypeError):
        # Some products carry the basic response without its frame (RFC 6960 section 4.2.1).
        return as_response(ocsp.BasicOCSPResponse.load(encoded, strict=True))
    return response
