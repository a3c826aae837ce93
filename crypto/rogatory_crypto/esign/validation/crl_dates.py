"""When a revocation list was issued, and whether it still knows a certificate (RFC 5280 section 5.1.2)."""

from typing import Final

from asn1crypto import core  # type: ignore[import-untyped]

from rogatory_crypto.esign.asn1_types import Certificate, CertificateList
from rogatory_crypto.esign.validation.standing import Standing

_EXPIRED_CERTS_ON_CRL: Final = "2.5.29.60"


def updates(crl: CertificateList) -> tuple[int, int | None]:
    """Return when a list was issued and when the next was promised, unix seconds."""
    body = crl["tbs_cert_list"]
    following = body["next_update"].native
    next_update = None if following is None else int(following.timestamp())
    return int(body["this_update"].native.timestamp()), next_update


def forgets(crl: CertificateList, standing: Standing, certificate: Certificate) -> str:
    """Tell why a list that names no revocation proves nothing: lists may forget what has expired."""
    if standing.revoked_at is not None:
        return ""
    if standing.issued_at < int(certificate.not_valid_before.timestamp()):
        return "a revocation list is older than the certificate"
    expiry = int(certificate.not_valid_after.timestamp())
    if standing.issued_at > expiry and not _keeps_expired(crl, expiry):
        return "a revocation list is from after the certificate expired"
    return ""


def _keeps_expired(crl: CertificateList, expiry: int) -> bool:
    """Tell whether a list keeps what expired at that time (X.509 extension expiredCertsOnCRL)."""
    for extension in crl["tbs_cert_list"]["crl_extensions"] or ():
        if extension["extn_id"].dotted == _EXPIRED_CERTS_ON_CRL:
            since = core.GeneralizedTime.load(bytes(extension["extn_value"])).native
            return bool(since.timestamp() <= expiry)
    return False
