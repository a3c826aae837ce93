"""Revocation lists as they arrive: believed where the allowed issuer has signed them (RFC 5280 section 5)."""

from cryptography import x509

from rogatory_client.revocation.signers import named_signers, refuse_weak
from rogatory_client.revocation.sources import Source
from rogatory_client.revocation.statement import Kind, Statement, refuse_future
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate, CertificateList
from rogatory_crypto.esign.given_evidence import read_evidence
from rogatory_crypto.esign.names import comparable, readable
from rogatory_crypto.esign.validation.crl_dates import updates
from rogatory_crypto.esign.validation.verification import verifies


def read_list(raw: bytes, source: Source, now: int) -> Statement:
    """Verify a list of an allowed issuer.

    Args:
        raw: DER or PEM.
        source: whose list it has to be.
        now: unix seconds.

    Raises:
        PeerError: it is no list, another issuer's, not signed by who may, too weak, or a delta.
    """
    try:
        return _read(raw, source, now)
    except UNREADABLE as error:
        raise PeerError(Code.MALFORMED, f"the list cannot be read: {type(error).__name__}") from error


def _read(raw: bytes, source: Source, now: int) -> Statement:
    crl = _one_list(raw)
    _refuse_forgery(crl, source, now)
    if crl.delta_crl_indicator_value is not None:
        raise PeerError(Code.UNSUPPORTED, "it is a delta: allow the address of the complete list")
    issued_at, next_update = updates(crl)
    refuse_future(issued_at, now)
    number = crl.crl_number_value
    scope = crl.issuing_distribution_point_value
    document = bytes(crl.dump())
    # The entries are read by another parser in a check: what it cannot read would be of no use there.
    x509.load_der_x509_crl(document)
    return Statement(
        Kind.CRL,
        document,
        issued_at,
        next_update,
        number=None if number is None else int(number.native),
        scope="" if scope is None else bytes(scope.dump()).hex(),
    )


def _one_list(raw: bytes) -> CertificateList:
    try:
        evidence = read_evidence([raw])
    except PeerError as error:
        raise PeerError(error.code, "what came is no revocation list") from error
    if len(evidence.crls) != 1 or evidence.certificates or evidence.ocsps:
        raise PeerError(Code.MALFORMED, "what came is not one revocation list")
    return evidence.crls[0]


def _refuse_forgery(crl: CertificateList, source: Source, now: int) -> None:
    named = [each for each in _may_sign(source) if comparable(each.subject) == comparable(crl.issuer)]
    if not named:
        raise PeerError(
            Code.INVALID_CREDENTIAL, f"the list is one of {readable(crl.issuer)}, not of this issuer"
        )
    for signer in named:
        signed = crl["tbs_cert_list"].dump()
        if verifies(crl["signature"].native, signed, signer.public_key, crl["signature_algorithm"]):
            refuse_weak(crl["signature_algorithm"], signer, now)
            return
    raise PeerError(Code.BAD_SIGNATURE, "the signature of the list is not of this issuer's key")


def _may_sign(source: Source) -> list[Certificate]:
    return [each for each in named_signers(source) if _for_lists(each)]


def _for_lists(certificate: Certificate) -> bool:
    usage = certificate.key_usage_value
    return usage is None or "crl_sign" in usage.native
